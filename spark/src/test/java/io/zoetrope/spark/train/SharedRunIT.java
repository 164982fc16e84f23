package io.zoetrope.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.error.UserError;
import io.zoetrope.spark.Clusters;
import io.zoetrope.spark.Sessions;
import io.zoetrope.spark.SparkSettings;
import io.zoetrope.train.MetricsLog;
import io.zoetrope.train.TrainingListener;
import io.zoetrope.train.run.TrainingRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Two executors that train together. */
@Timeout(240)
class SharedRunIT {
  private static final int STEPS = 30;
  private static final String LAST = "checkpoints/step-0000" + STEPS;

  @TempDir static Path runs;

  private static SparkSession spark;

  private final List<String> notes = new ArrayList<>();

  @BeforeAll
  static void open() {
    SparkSettings two =
        Clusters.two()
            .with("spark.executor.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
    spark = Sessions.open(TrainVerb.patient(two, 2), "train");
  }

  @AfterAll
  static void close() {
    spark.stop();
  }

  private static Order order(String name, String more) {
    String text =
        """
        {name: %s, seed: 1, steps: %s, batch: 4, precision: f32, optimizer: {lr: 1e-3},
         checkpoint: {every: 10}, log: {every: 1}, sample: {every: 0},
         data: {kind: toybox, width: 16, height: 16, frames: 4},
         objective: {kind: diffusion, network: unet-tiny-pixels, inflation: vdm, autoencoder: none,
           prediction: v, images: 1, perFrame: 0.4, clips: 6, captionDropout: 0.2%s}}
        """
            .formatted(name, STEPS, more);
    return new Order(
        "recipe", text, List.of("ema=0.99"), runs.toString(), runs.toString(), 2, false, 25);
  }

  private End train(Order order) throws InterruptedException {
    return new SharedRun(spark, order, () -> false, () -> {}, notes::add).run();
  }

  private static List<JsonNode> lines(String name) {
    return new MetricsLog(runs.resolve(name).resolve("metrics.jsonl")).lines();
  }

  private static java.io.File file(String name, String file) {
    return runs.resolve(name).resolve(LAST).resolve(file + ".safetensors").toFile();
  }

  @Test
  void executorsTrainAsOneAndAKilledOneCostsTheStepsSinceTheSave() throws Exception {
    End end = train(order("two", ""));
    assertThat(end.error()).isNull();
    assertThat(end.step()).isEqualTo(STEPS);
    assertThat(Path.of(end.product()).resolve("model_index.json")).exists();
    assertThat(notes).isEmpty();

    Order alone = order("one", "");
    TrainingRun.Outcome unused =
        TrainingRun.run(alone.recipe(), alone.kept(), runs, false, TrainingListener.NONE);
    for (int i = 0; i < STEPS; i++) {
      assertThat(lines("two").get(i).path("loss").doubleValue())
          .as("step %s", i + 1)
          .isCloseTo(lines("one").get(i).path("loss").doubleValue(), within(1e-5));
    }

    Thread killer = Thread.ofPlatform().daemon().start(SharedRunIT::killOne);
    End again = train(order("killed", ""));
    killer.join();
    assertThat(notes).singleElement().asString().contains("a worker is lost").contains("all go on");
    assertThat(again.step()).isEqualTo(STEPS);
    for (String file : List.of("model", "ema", "optimizer")) {
      assertThat(file("killed", file)).hasSameBinaryContentAs(file("two", file));
    }
  }

  @Test
  void whatAPersonCanMendComesAsItsLine() {
    assertThatThrownBy(() -> train(order("bad", ", cut: 3, init: nowhere")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("nowhere");
    assertThat(notes).isEmpty();
  }

  /** Kills an executor in mid-run, between two saves. */
  private static void killOne() {
    try {
      while (lines("killed").size() <= 12) {
        Thread.sleep(20);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    executors().getLast().destroyForcibly();
  }

  /** The processes in which executors of this driver run: its only children that are Java. */
  private static List<ProcessHandle> executors() {
    return ProcessHandle.current()
        .children()
        .filter(child -> child.info().command().orElse("").endsWith("java"))
        .toList();
  }
}
