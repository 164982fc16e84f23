package io.zoetrope.spark.latents;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import io.zoetrope.record.Json;
import io.zoetrope.spark.NativeThread;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.train.latents.LatentIndex;
import io.zoetrope.train.latents.LatentRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.LongAccumulator;

/**
 * Encodes clips on executors. A part of the clips becomes a shard or several, and rows; rows become
 * the index when all parts are done. A part that is lost is encoded again into a shard of the same
 * name.
 */
final class LatentsJob {
  /** Rows of a file of the index. */
  private static final long ROWS = 1_000_000;

  private static final String PROBLEMS = "problems.jsonl";

  private final SparkSession spark;
  private final Path folder;

  LatentsJob(SparkSession spark, Path folder) {
    this.spark = spark;
    this.folder = folder;
  }

  /**
   * How a job ended.
   *
   * @param clips in the index
   * @param fresh of these encoded by it
   * @param problems clips that could not be read, in {@code problems.jsonl}
   */
  record Outcome(long clips, long fresh, long problems) {}

  /** From one clip up to another. */
  record Part(long from, long to) implements java.io.Serializable {}

  /**
   * Clips in parts: each of about one shard, but enough of them for all executors.
   *
   * @param clipBytes latents of a clip
   * @param slots tasks that run at once
   */
  static List<Part> parts(long clips, long clipBytes, long shardBytes, int slots) {
    long shards = Math.ceilDiv(clips * clipBytes, shardBytes);
    long count = Math.clamp(Math.max(shards, 2L * slots), 1, Math.min(clips, 100_000));
    List<Part> parts = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      parts.add(new Part(clips * i / count, clips * (i + 1) / count));
    }
    return parts;
  }

  /** Encodes what is not there, and writes the index. */
  Outcome run(Task task, List<Part> parts, LongAccumulator done) throws IOException {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<Task> told = context.broadcast(task);
    Path hidden = folder.resolve(AtomicFiles.PREFIX + "rows");
    AtomicFiles.deleteTree(hidden);
    // Spark reads no folder whose name begins with a dot.
    Path made = hidden.resolve("rows");
    try {
      spark
          .createDataFrame(
              context
                  .parallelize(parts, parts.size())
                  .flatMap(part -> rows(told.value(), part, done).iterator()),
              Columns.schema())
          .write()
          .parquet(made.toUri().toString());
      Dataset<Row> rows = spark.read().schema(Columns.schema()).parquet(made.toUri().toString());
      Row counts =
          rows.agg(
                  count(lit(1)),
                  count(col(Columns.PROBLEM)),
                  countDistinct(when(col(Columns.FRESH), col("key"))))
              .first();
      long problems = counts.getLong(1);
      long clips = counts.getLong(0) - problems;
      problems(rows, problems);
      publish(
          rows.where(col(Columns.PROBLEM).isNull()).drop(Columns.PROBLEM, Columns.FRESH), clips);
      return new Outcome(clips, counts.getLong(2), problems);
    } finally {
      AtomicFiles.deleteTree(hidden);
      told.destroy();
    }
  }

  /** A task: the rows of a part. */
  private static List<Row> rows(Task task, Part part, LongAccumulator done) throws Exception {
    return NativeThread.call(() -> {
      List<Row> rows = new ArrayList<>();
      Progress progress =
          new Progress() {
            @Override
            public void update(Report report) {
              done.add(1);
            }

            @Override
            public boolean cancelled() {
              return false;
            }
          };
      List<LatentRow> made =
          task.shards()
              .encode(
                  task.data(),
                  LongStream.range(part.from, part.to).toArray(),
                  task.there(),
                  HeldEncoder.of(task.choice()),
                  (number, error) ->
                      rows.add(Columns.row(number, task.data().caption(number), error.reason())),
                  progress);
      for (LatentRow row : made) {
        rows.add(Columns.row(row, !task.there().containsKey(row.key())));
      }
      return rows;
    });
  }

  /** Says which clips cannot be read; a file, for there may be many. */
  private void problems(Dataset<Row> rows, long count) throws IOException {
    Path file = folder.resolve(PROBLEMS);
    if (count == 0) {
      Files.deleteIfExists(file);
      return;
    }
    List<Row> all =
        rows.where(col(Columns.PROBLEM).isNotNull())
            .select("number", Columns.PROBLEM)
            .orderBy("number")
            .collectAsList();
    StringBuilder lines = new StringBuilder();
    for (Row row : all) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("number", row.getLong(0));
      line.put(Columns.PROBLEM, row.getString(1));
      lines.append(Json.MAPPER.writeValueAsString(line)).append('\n');
    }
    AtomicFiles.text(file, lines.toString());
  }

  /** Puts the index in place of an older one. */
  private void publish(Dataset<Row> rows, long count) throws IOException {
    Path written = folder.resolve(AtomicFiles.PREFIX + LatentIndex.PARQUET);
    Path index = folder.resolve(LatentIndex.PARQUET);
    AtomicFiles.deleteTree(written);
    rows.coalesce((int) Math.ceilDiv(Math.max(1, count), ROWS))
        .sortWithinPartitions("number", "key")
        .write()
        .mode(SaveMode.ErrorIfExists)
        .option("compression", "gzip")
        .parquet(written.toUri().toString());
    AtomicFiles.deleteTree(index);
    Files.move(written, index);
  }
}
