package io.zoetrope.spark.train;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.train.RunFolder;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.SparkSession;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * A run on a cluster, seen from the driver: submitted, and submitted again from the last save as
 * often as a worker is lost, until too many attempts in a row saved nothing new.
 *
 * @param cancelled whether somebody wants it to stop
 * @param tick called twice a second
 * @param note told what happens
 */
record SharedRun(
    SparkSession spark,
    Order order,
    BooleanSupplier cancelled,
    Runnable tick,
    Consumer<String> note) {
  /** Attempts in a row that saved nothing. */
  private static final int FRUITLESS = 5;

  private static final ClassTag<End> ENDS = ClassTag$.MODULE$.apply(End.class);

  /**
   * Trains until the last step, or until somebody stops it.
   *
   * @return how the worker that leads ended
   * @throws UserError as a worker says it, or if workers are lost again and again
   */
  End run() throws InterruptedException {
    Path root = Path.of(order.runs()).resolve(order.recipe().name());
    StopFile stop = StopFile.of(order);
    stop.remove();
    try {
      Order now = order;
      long saved = saved(root);
      int fruitless = 0;
      while (true) {
        String lost;
        try {
          List<End> ends = submit(now, stop);
          Optional<UserError> error = error(ends);
          if (error.isEmpty()) {
            return ends.getFirst();
          }
          if (now.equals(order) || error.get().fault() != Fault.OCCUPIED) {
            throw error.get();
          }
          lost = error.get().reason(); // by the worker that led, who is not gone yet
          TimeUnit.SECONDS.sleep(1);
        } catch (ExecutionException e) {
          lost = reason(e);
        }
        long newest = saved(root);
        fruitless = newest > saved ? 1 : fruitless + 1;
        saved = newest;
        if (cancelled.getAsBoolean() || spark.sparkContext().isStopped()) {
          throw new UserError(Fault.UNREACHABLE, "a worker was lost at the end: " + lost);
        }
        if (fruitless > FRUITLESS) {
          throw new UserError(
              Fault.UNREACHABLE,
              "workers were lost %s times with nothing saved between: %s"
                  .formatted(fruitless, lost),
              "look into the executors' logs");
        }
        note.accept(
            "a worker is lost (%s); all go on %s"
                .formatted(lost, saved < 0 ? "from the beginning" : "after step " + saved));
        now = order.resuming();
      }
    } finally {
      stop.remove();
    }
  }

  private List<End> submit(Order now, StopFile stop)
      throws InterruptedException, ExecutionException {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    List<Integer> ranks = IntStream.range(0, now.workers()).boxed().toList();
    RDD<End> ends =
        context
            .parallelize(ranks, now.workers())
            .rdd()
            .barrier()
            .mapPartitions(new Worker(now), false, ENDS);
    JavaFutureAction<List<End>> all = JavaRDD.fromRDD(ends, ENDS).collectAsync();
    boolean stopping = false;
    while (true) {
      try {
        return all.get(500, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        tick.run();
        if (!stopping && cancelled.getAsBoolean()) {
          stopping = true;
          stop.put();
        }
      }
    }
  }

  /** Of the worker at fault, if one is. */
  private static Optional<UserError> error(List<End> ends) {
    return ends.stream()
        .filter(end -> end.error() != null && !end.told())
        .findFirst()
        .or(() -> ends.stream().filter(end -> end.error() != null).findFirst())
        .map(End::error);
  }

  private static long saved(Path root) {
    List<Path> all = RunFolder.checkpoints(root);
    String name = all.isEmpty() ? "step--1" : String.valueOf(all.getLast().getFileName());
    return Long.parseLong(name.substring("step-".length()));
  }

  /** What Spark says of it, in a line. */
  private static String reason(ExecutionException e) {
    String said = String.valueOf(e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
    return Stream.of("PeerLost: ", "ExecutorLostFailure ", "Most recent failure reason: ", "")
        .flatMap(mark ->
            said.lines()
                .filter(line -> line.contains(mark))
                .map(line -> line.substring(line.indexOf(mark) + mark.length()).strip()))
        .findFirst()
        .orElse("");
  }
}
