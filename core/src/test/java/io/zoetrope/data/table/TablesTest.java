package io.zoetrope.data.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.error.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same index of 24 clips as other programs wrote it, read back: DuckDB (a query, gzip, columns
 * in another order, some null), pyarrow (uncompressed; three parts with pages of the second
 * version) and Spark.
 */
class TablesTest {
  private static final List<String> COLUMNS =
      List.of(
          "number", "key", "shard", "tensor", "shape", "dtype", "width", "height", "frames", "rate",
          "start", "crop", "caption", "source", "sha256", "model");

  @TempDir Path folder;

  private static Path resource(String name) {
    return Path.of("src/test/resources/io/zoetrope/data/table").resolve(name);
  }

  private static List<Row> rows(Path table) {
    List<Row> rows = new ArrayList<>();
    Tables.read(table, COLUMNS, rows::add);
    return rows;
  }

  /** As texts; whole numbers may come as reals. */
  private static Map<String, String> plain(Row row) {
    Map<String, String> all = new TreeMap<>();
    row.cells()
        .keySet()
        .forEach(c -> all.put(c, row.text(c).orElseThrow().replaceAll("\\.0$", "")));
    return all;
  }

  private static List<Map<String, String>> told(String name) {
    return rows(resource(name)).stream()
        .sorted(Comparator.comparingLong(row -> row.whole("number").orElseThrow()))
        .map(TablesTest::plain)
        .toList();
  }

  private static List<Map<String, String>> withoutShards(String name) {
    List<Map<String, String>> rows = told(name);
    rows.forEach(row -> row.remove("shard"));
    return rows;
  }

  @Test
  void allSayTheSame() {
    List<Map<String, String>> lines = told("index.jsonl");
    assertThat(lines).hasSize(24);
    assertThat(told("arrow.parquet")).isEqualTo(lines);
    assertThat(told("many.parquet")).isEqualTo(lines);
    // Its parts became shards of their own.
    assertThat(withoutShards("spark.parquet")).isEqualTo(withoutShards("index.jsonl"));
  }

  @Test
  void aQuerysRowsAreRead() {
    List<Row> found = rows(resource("duckdb.parquet"));
    assertThat(found).isNotEmpty().hasSizeLessThan(24);
    for (Row row : found) {
      assertThat(row.text("source")).isEmpty();
      assertThat(row.real("start")).isEmpty();
      assertThat(row.needInt("width", 1)).isEqualTo(64);
      assertThat(row.needReal("rate")).isEqualTo(8);
      Map<String, String> whole = told("index.jsonl").get((int) row.whole("number").orElseThrow());
      assertThat(row.needText("caption")).isEqualTo(whole.get("caption"));
      assertThat(row.needText("key")).isEqualTo(whole.get("key"));
    }
    Row first = found.getFirst();
    assertThatThrownBy(() -> first.needText("source"))
        .hasMessageContaining("duckdb.parquet row 1 has no source");
    assertThatThrownBy(() -> first.needReal("caption")).hasMessageContaining("is no number");
  }

  private void refused(Path table, String why) {
    assertThatThrownBy(() -> rows(table))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(why)
        .hasMessageContaining(Objects.toString(table.getFileName()))
        .hasMessageNotContaining("\n");
  }

  @Test
  void whatCannotBeReadIsOneLine() throws IOException {
    refused(resource("snappy.parquet"), "is compressed by snappy, which is not read here");
    refused(resource("zstd.parquet"), "is compressed by zstd, which is not read here");
    byte[] good = Files.readAllBytes(resource("arrow.parquet"));
    for (int size : new int[] {0, 3, 100, good.length - 9}) {
      Path cut = folder.resolve("cut-%s.parquet".formatted(size));
      Files.write(cut, Arrays.copyOf(good, size));
      refused(cut, "");
    }
    for (int at = 4; at < good.length - 8; at += 997) {
      byte[] bad = good.clone();
      Arrays.fill(bad, at, Math.min(at + 60, bad.length - 8), (byte) 0xff);
      Path file = folder.resolve("bad-%s.parquet".formatted(at));
      Files.write(file, bad);
      try {
        rows(file);
      } catch (UserError e) {
        assertThat(e.getMessage()).contains("bad-").doesNotContain("\n");
      }
    }
    refused(folder.resolve("none.parquet"), "there is no table");
    refused(Files.createDirectory(folder.resolve("empty")), "has no .parquet files");
    Files.writeString(folder.resolve("list.jsonl"), "[1]\n");
    refused(folder.resolve("list.jsonl"), "line 1 is not a JSON object");
  }
}
