package io.zoetrope.spark.train;

import io.zoetrope.spark.Sessions;
import io.zoetrope.spark.StandaloneCluster;
import io.zoetrope.torch.FileDigest;
import io.zoetrope.train.MetricsLog;
import io.zoetrope.train.TrainingListener;
import io.zoetrope.train.run.TrainingRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.apache.spark.sql.SparkSession;
import tools.jackson.databind.JsonNode;

/**
 * Figures of docs/scale.md on a standalone master with two workers: losses of one and of two
 * executors, equal bits, a killed executor, another number of them after a stop. A main, for it
 * takes minutes; wants {@code SPARK_HOME} and {@code SPARK_SCALA_VERSION}.
 */
public final class SharedRunTrial {
  private static final int STEPS = 50;

  private final Path folder;
  private final SparkSession spark;

  private SharedRunTrial(Path folder, SparkSession spark) {
    this.folder = folder;
    this.spark = spark;
  }

  public static void main(String[] args) throws Exception {
    Path folder = Files.createTempDirectory("zoetrope-trial-");
    try (StandaloneCluster cluster = StandaloneCluster.start(folder.resolve("cluster"), 2, 1);
        SparkSession spark =
            Sessions.open(TrainVerb.patient(cluster.settings(), 2), "trial of training")) {
      new SharedRunTrial(folder, spark).run(cluster);
    }
  }

  private void run(StandaloneCluster cluster) throws Exception {
    Order alone = order("alone", 1);
    TrainingRun.Outcome unused =
        TrainingRun.run(alone.recipe(), alone.kept(), folder, false, TrainingListener.NONE);
    train(order("two", 2), () -> false, () -> {});
    apart("one process and two executors", "alone", "two");
    train(order("again", 2), () -> false, () -> {});
    equal("two runs with two executors", "two", "again");

    AtomicBoolean killed = new AtomicBoolean();
    AtomicLong moment = new AtomicLong();
    train(
        order("killed", 2),
        () -> false,
        () -> {
          if (lines("killed").size() > 25 && killed.compareAndSet(false, true)) {
            moment.set(System.nanoTime());
            StandaloneCluster.kill(cluster.executors().getLast());
          }
        });
    equal("a run whose executor was killed, and one that nobody killed", "killed", "two");
    System.out.printf(
        Locale.ROOT,
        "from the kill to the end %.1f s%n",
        (System.nanoTime() - moment.get()) * 1e-9);

    End stopped = train(order("other", 2), () -> lines("other").size() > 20, () -> {});
    System.out.println("stopped by two executors after step " + stopped.step());
    train(order("other", 1).resuming(), () -> false, () -> {});
    apart("two executors, and one from there on", "two", "other");
    System.exit(0);
  }

  private Order order(String name, int workers) {
    String text =
        """
        {name: %s, seed: 1, steps: %s, batch: 8, precision: f32, optimizer: {lr: 1e-3},
         checkpoint: {every: 10}, log: {every: 1}, sample: {every: 0},
         data: {kind: toybox, width: 16, height: 16, frames: 4},
         objective: {kind: diffusion, network: unet-tiny-pixels, inflation: vdm, autoencoder: none,
           prediction: v, images: 1, perFrame: 0.4, clips: 32, captionDropout: 0.2}}
        """
            .formatted(name, STEPS);
    return new Order(
        "recipe", text, List.of(), folder.toString(), folder.toString(), workers, false, 25);
  }

  private End train(Order order, BooleanSupplier stop, Runnable tick) throws InterruptedException {
    return new SharedRun(spark, order, stop, tick, System.out::println).run();
  }

  private List<JsonNode> lines(String name) {
    return new MetricsLog(folder.resolve(name).resolve("metrics.jsonl")).lines();
  }

  private void apart(String what, String one, String other) {
    double most = 0;
    for (int i = 0; i < STEPS; i++) {
      most =
          Math.max(
              most,
              Math.abs(
                  lines(one).get(i).path("loss").doubleValue()
                      - lines(other).get(i).path("loss").doubleValue()));
    }
    System.out.printf(
        Locale.ROOT, "%s: losses of %s steps at most %.2e apart%n", what, STEPS, most);
  }

  private void equal(String what, String one, String other) {
    for (String file : List.of("model", "ema", "optimizer")) {
      String name = "checkpoints/step-0000%s/%s.safetensors".formatted(STEPS, file);
      boolean same =
          FileDigest.of(folder.resolve(one).resolve(name))
              .equals(FileDigest.of(folder.resolve(other).resolve(name)));
      System.out.printf("%s: %s equal to the bit: %s%n", what, file, same);
    }
  }
}
