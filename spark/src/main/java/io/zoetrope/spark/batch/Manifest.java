package io.zoetrope.spark.batch;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
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

  /** Whether it has a row. */
  boolean begun() {
    Path folder = path();
    String[] files = Files.isDirectory(folder) ? folder.toFile().list() : new String[0];
    return files != null && List.of(files).stream().anyMatch(name -> name.endsWith(".parquet"));
  }

  /** All rows. */
  Dataset<Row> rows(SparkSession spark) {
    return spark.read().schema(Entry.SCHEMA).parquet(path().toString());
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
}
