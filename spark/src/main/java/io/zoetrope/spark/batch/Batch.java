package io.zoetrope.spark.batch;

import io.zoetrope.error.NativeErrors;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.AtomicFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * One run over the clips that have no row yet.
 *
 * @param manifest which gets their rows
 * @param base the working folder
 * @param patience processes that a clip may end
 * @param slots tasks that run at once
 */
record Batch(Manifest manifest, Path base, int patience, int slots) {
  /** What became of them. */
  record Outcome(long made, long reused, long failed) {}

  /**
   * Makes them.
   *
   * @param cancelled asked now and then
   * @param watch told how far it is, every second
   * @throws CancellationException if that says so
   */
  Outcome run(
      SparkSession spark, List<Clip> clips, BooleanSupplier cancelled, Consumer<Course> watch)
      throws InterruptedException {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Tally tally = Tally.in(spark.sparkContext());
    Live live = new Live(tally);
    spark.sparkContext().addSparkListener(live);
    List<Cut.Part> parts = Cut.of(clips, manifest.pace(spark), slots);
    String run = Long.toString(System.currentTimeMillis(), 36);
    ClipMaker maker =
        new ClipMaker(manifest.root().toString(), base.toString(), run, patience, tally);
    JavaRDD<Row> rows =
        context
            .parallelize(parts, parts.size())
            .flatMap(part -> part.clips().iterator())
            .map(clip -> maker.make(clip).row());
    double all = clips.stream().mapToDouble(Clip::cost).sum();
    long start = System.nanoTime();
    try (ExecutorService one = Executors.newSingleThreadExecutor()) {
      Future<?> job =
          one.submit(() ->
              spark
                  .createDataFrame(rows, Entry.SCHEMA)
                  .write()
                  .parquet(manifest.run(run).toString()));
      String state = "running";
      try {
        while (!ended(job)) {
          if (cancelled.getAsBoolean()) {
            state = "cancelled";
            spark.sparkContext().cancelAllJobs();
          }
          watch.accept(course(state, clips.size(), live, tally, all, start));
        }
        state = "done";
      } catch (UserError e) {
        if (state.equals("cancelled")) {
          throw new CancellationException(
              "cancelled after %s of %s clips; the same command goes on"
                  .formatted(live.clips(), clips.size()));
        }
        state = "failed";
        throw e;
      } finally {
        course(state, clips.size(), live, tally, all, start).write(manifest.root());
      }
    }
    long failed = tally.failed().value();
    long reused = tally.reused().value();
    forget();
    return new Outcome(clips.size() - failed - reused, reused, failed);
  }

  private static Course course(
      String state, int total, Live live, Tally tally, double all, long start) {
    boolean done = state.equals("done");
    return new Course(
        state,
        total,
        done ? total : live.clips(),
        tally.failed().value(),
        done ? 1 : all == 0 ? 0 : Math.min(1, live.work() / all),
        (System.nanoTime() - start) / 1e9);
  }

  private static boolean ended(Future<?> job) throws InterruptedException {
    try {
      job.get(1, TimeUnit.SECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      String said = NativeErrors.firstLine(e.getCause() == null ? e : e.getCause());
      throw new UserError("Spark gave the work up: " + said, e);
    }
  }

  /** All rows are there: nothing that was tried on the way matters any more. */
  private void forget() {
    Path attempts = Attempts.of(manifest.root());
    if (attempts.toFile().exists()) {
      try {
        AtomicFiles.deleteTree(attempts);
      } catch (IOException e) {
        // Left to sweep: somebody whom Spark has given up still works there.
      }
    }
  }
}
