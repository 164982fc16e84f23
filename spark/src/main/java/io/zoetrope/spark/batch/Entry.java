package io.zoetrope.spark.batch;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * A row of the manifest: what became of a clip. The components are the columns.
 *
 * @param key of what was asked for
 * @param path of the file, from the manifest's folder on; empty if there is none
 * @param bytes of the file
 * @param sha256 of the file
 * @param seconds that it took
 * @param cost frames by pixels by steps, twice with guidance
 * @param prompt the first
 * @param seed by which it was made
 * @param model which was wanted
 * @param spec the order, as JSON
 * @param line of the table
 * @param code of what went wrong; empty if nothing did. {@code poison}: it ended its executors
 * @param error in one line
 * @param version of the code
 * @param machine kind of processor, and
 * @param threads by how many it was made: with the same ones the same bytes come again
 * @param worker host and executor
 * @param attempt which of Spark's, as in the file's name
 * @param nth clip of its executor, from 1
 * @param loads models that its executor has loaded by then
 * @param resident bytes of memory of its executor behind it; 0 where the system does not say
 */
record Entry(
    String key,
    String path,
    long bytes,
    String sha256,
    double seconds,
    double cost,
    String prompt,
    long seed,
    String model,
    String spec,
    int line,
    String code,
    String error,
    String version,
    String machine,
    int threads,
    String worker,
    String attempt,
    int nth,
    int loads,
    long resident) {
  static final StructType SCHEMA =
      new StructType(
          new StructField[] {
            column("key", DataTypes.StringType),
            column("path", DataTypes.StringType),
            column("bytes", DataTypes.LongType),
            column("sha256", DataTypes.StringType),
            column("seconds", DataTypes.DoubleType),
            column("cost", DataTypes.DoubleType),
            column("prompt", DataTypes.StringType),
            column("seed", DataTypes.LongType),
            column("model", DataTypes.StringType),
            column("spec", DataTypes.StringType),
            column("line", DataTypes.IntegerType),
            column("code", DataTypes.StringType),
            column("error", DataTypes.StringType),
            column("version", DataTypes.StringType),
            column("machine", DataTypes.StringType),
            column("threads", DataTypes.IntegerType),
            column("worker", DataTypes.StringType),
            column("attempt", DataTypes.StringType),
            column("nth", DataTypes.IntegerType),
            column("loads", DataTypes.IntegerType),
            column("resident", DataTypes.LongType)
          });

  private static StructField column(String name, DataType type) {
    return DataTypes.createStructField(name, type, false);
  }

  /** As Spark has it. */
  Row row() {
    List<Object> values = new ArrayList<>();
    values.addAll(List.of(key, path, bytes, sha256, seconds, cost, prompt, seed, model, spec));
    values.addAll(List.of(line, code, error, version, machine, threads, worker, attempt));
    values.addAll(List.of(nth, loads, resident));
    return RowFactory.create(values.toArray());
  }
}
