package io.zoetrope.spark.batch;

import io.zoetrope.torch.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * The table of what was made, as Parquet in {@code manifest}. A clip is there when its row is.
 *
 * @param root the folder that it lies in
 */
record Manifest(Path root) {
  /** Where it lies. */
  Path path() {
    return root.resolve("manifest");
  }

  /**
   * The folder of one run. Each has its own: what a driver that was killed had not committed lies
   * in a folder within it, and Spark would commit it with the next run that writes there.
   */
  Path run(String id) {
    return run(path(), id);
  }

  private static Path run(Path table, String id) {
    return table.resolve("run=" + id);
  }

  /** Whether it has a row. */
  boolean begun() {
    if (!Files.isDirectory(path())) {
      return false;
    }
    try (Stream<Path> files = Files.walk(path(), 2)) {
      return files.anyMatch(file -> file.toString().endsWith(".parquet"));
    } catch (IOException e) {
      throw AtomicFiles.cannot("read", path(), e);
    }
  }

  /** All rows. */
  Dataset<Row> rows(SparkSession spark) {
    return spark
        .read()
        .schema(Entry.SCHEMA)
        .parquet(path().toString())
        .select("key", Arrays.stream(Entry.SCHEMA.fieldNames()).skip(1).toArray(String[]::new));
  }

  /** The clips that have no row. */
  List<Clip> missing(SparkSession spark, List<Clip> clips) {
    if (!begun()) {
      return clips;
    }
    Dataset<Row> asked =
        spark.createDataset(clips.stream().map(Clip::key).toList(), Encoders.STRING()).toDF("key");
    Set<String> left =
        new HashSet<>(
            asked
                .join(rows(spark).select("key"), new String[] {"key"}, "left_anti")
                .as(Encoders.STRING())
                .collectAsList());
    return clips.stream().filter(clip -> left.contains(clip.key())).toList();
  }

  /** Cost that an executor does in a second, as rows have it; empty if there is none. */
  OptionalDouble pace(SparkSession spark) {
    if (!begun()) {
      return OptionalDouble.empty();
    }
    Row sums =
        rows(spark)
            .where("code = '' and seconds > 0")
            .agg(functions.sum("cost"), functions.sum("seconds"))
            .first();
    return sums.isNullAt(1)
        ? OptionalDouble.empty()
        : OptionalDouble.of(sums.getDouble(0) / sums.getDouble(1));
  }

  /** The files that rows name, from the folder on. */
  Set<String> files(SparkSession spark) {
    return begun()
        ? new HashSet<>(
            rows(spark).select("path").where("path <> ''").as(Encoders.STRING()).collectAsList())
        : Set.of();
  }

  /**
   * Takes out the rows of these clips that are errors, so that they are tried again: the table is
   * written anew beside itself, and takes its place.
   */
  void withoutErrors(SparkSession spark, List<Clip> clips) throws IOException {
    if (!begun()) {
      return;
    }
    Dataset<Row> asked =
        spark.createDataset(clips.stream().map(Clip::key).toList(), Encoders.STRING()).toDF("key");
    Dataset<Row> wrong = rows(spark).where("code <> ''").select("key");
    Dataset<Row> again = asked.join(wrong, new String[] {"key"}, "left_semi");
    rows(spark)
        .join(again, new String[] {"key"}, "left_anti")
        .write()
        .mode(SaveMode.Overwrite)
        .parquet(run(fresh(), "kept").toString());
    Files.move(path(), old());
    settle();
  }

  private Path fresh() {
    return root.resolve("manifest.new");
  }

  private Path old() {
    return root.resolve("manifest.old");
  }

  /**
   * Ends a change of place that a process did not live to end; to be called by who has the lock.
   */
  void settle() throws IOException {
    if (Files.isDirectory(old()) && !Files.isDirectory(path())) {
      Files.move(fresh(), path());
    }
    for (Path left : List.of(fresh(), old())) {
      if (Files.isDirectory(left)) {
        AtomicFiles.deleteTree(left);
      }
    }
  }
}
