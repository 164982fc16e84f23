package io.zoetrope.spark.curate;

import io.zoetrope.record.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * Tables of Parquet in one folder. What a stage computes is appended, and there as a whole or not
 * at all; what a query makes is written anew.
 */
final class ParquetTables {
  private final SparkSession spark;
  private final Path folder;

  ParquetTables(SparkSession spark, Path folder) {
    this.spark = spark;
    this.folder = folder;
  }

  private Path path(String name) {
    return folder.resolve(name);
  }

  /** The rows of a table, by key, the last that was written of each; empty if it is not there. */
  <R extends Record> Map<String, R> rows(String name, Class<R> type, Function<R, String> key) {
    Map<String, R> rows = new LinkedHashMap<>();
    if (Files.isDirectory(path(name))) {
      for (Row row : frame(name, type).collectAsList()) {
        R record = Columns.record(type, row);
        rows.put(key.apply(record), record);
      }
    }
    return rows;
  }

  /** A table that is there. */
  Dataset<Row> frame(String name, Class<? extends Record> type) {
    return spark.read().schema(Columns.of(type)).parquet(path(name).toString());
  }

  /** Appends rows that are records as JSON. */
  void append(String name, Class<? extends Record> type, JavaRDD<String> rows) {
    StructType columns = Columns.of(type);
    spark
        .createDataFrame(rows.map(json -> Columns.row(columns, json)), columns)
        .write()
        .mode(SaveMode.Append)
        .parquet(path(name).toString());
  }

  /** Writes a table anew. */
  <R extends Record> void write(String name, Class<R> type, List<R> rows) {
    StructType columns = Columns.of(type);
    List<Row> all =
        rows.stream().map(r -> Columns.row(columns, Json.MAPPER.writeValueAsString(r))).toList();
    spark
        .createDataFrame(
            JavaSparkContext.fromSparkContext(spark.sparkContext()).parallelize(all, 1), columns)
        .write()
        .mode(SaveMode.Overwrite)
        .parquet(path(name).toString());
  }
}
