package io.zoetrope.train.latents;

import io.zoetrope.data.table.Tables;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.record.Json;
import io.zoetrope.torch.AtomicFiles;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The table that names latents: {@code index.jsonl}, or {@code index.parquet} where an engine wrote
 * it, a file or a folder of files.
 *
 * @param table itself
 * @param rows in the order of their numbers
 */
public record LatentIndex(Path table, List<LatentRow> rows) {
  /** Without an engine. */
  public static final String LINES = "index.jsonl";

  /** Of an engine. */
  public static final String PARQUET = "index.parquet";

  public LatentIndex {
    rows =
        rows.stream()
            .sorted(Comparator.comparingLong(LatentRow::number).thenComparing(LatentRow::key))
            .toList();
  }

  /** The folder that its shards lie in. */
  public Path folder() {
    return Optional.ofNullable(table.toAbsolutePath().getParent()).orElse(table);
  }

  /**
   * Reads an index.
   *
   * @param path its folder, or the table itself: what a query left of another
   * @throws UserError in one line, if there is none, or a row is not as it should be
   */
  public static LatentIndex read(Path path) {
    Path table =
        Tables.isTable(path)
            ? path
            : find(path)
                .orElseThrow(() ->
                    new UserError(
                        Fault.NOT_FOUND,
                        "'%s' has no %s or %s".formatted(path, LINES, PARQUET),
                        "encode clips into it first"));
    List<LatentRow> rows = new ArrayList<>();
    Tables.read(table, LatentRow.COLUMNS, row -> rows.add(LatentRow.of(row)));
    return new LatentIndex(table, rows);
  }

  /**
   * The table of a folder; empty if it has none.
   *
   * @throws UserError if it has two
   */
  public static Optional<Path> find(Path folder) {
    List<Path> found =
        List.of(folder.resolve(LINES), folder.resolve(PARQUET)).stream()
            .filter(Files::exists)
            .toList();
    if (found.size() > 1) {
      throw new UserError(
          Fault.INVALID,
          "folder '%s' has %s and %s".formatted(folder, LINES, PARQUET),
          "remove one, or name the one that is meant");
    }
    return found.stream().findFirst();
  }

  /** Writes rows as JSON Lines, whole or not at all. */
  public static LatentIndex write(Path folder, List<LatentRow> rows) {
    Path table = folder.resolve(LINES);
    LatentIndex index = new LatentIndex(table, rows);
    AtomicFiles.file(
        table,
        temporary -> {
          try (BufferedWriter out = Files.newBufferedWriter(temporary)) {
            for (LatentRow row : index.rows) {
              write(out, row);
            }
          }
        });
    return index;
  }

  private static void write(BufferedWriter out, LatentRow row) throws IOException {
    out.write(Json.MAPPER.writeValueAsString(row.cells()));
    out.write('\n');
  }
}
