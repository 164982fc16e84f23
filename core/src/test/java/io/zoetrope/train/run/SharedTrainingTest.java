package io.zoetrope.train.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.error.UserError;
import io.zoetrope.train.MetricsLog;
import io.zoetrope.train.TrainingListener;
import io.zoetrope.train.Workers;
import io.zoetrope.train.World;
import io.zoetrope.train.method.Method;
import io.zoetrope.train.method.Methods;
import io.zoetrope.train.recipe.Recipe;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Every method of training: the same clips, noise and levels however many workers share them. */
@Timeout(180)
class SharedTrainingTest {
  private static final int STEPS = 3;

  private static final Map<String, String> OBJECTIVES =
      Map.of(
          "autoencoder", "{kind: autoencoder, network: tiny, gradient: 1.0}",
          "classifier", "{kind: classifier, network: tiny}",
          "prior",
              "{kind: prior, classifier: RUNS/base-classifier/classifier, heads: 2, blocks: 1}",
          "decoder",
              "{kind: decoder, autoencoder: RUNS/base-autoencoder, motion: 0.2, noise: 0.1,"
                  + " adversary: {factor: 0.5, from: 2, width: 4}}",
          "pixels",
              "{kind: diffusion, network: unet-tiny-pixels, inflation: vdm, autoencoder: none,"
                  + " prediction: v, images: 2, perFrame: 0.4, clips: 6, cut: 3, maxStride: 2,"
                  + " captionDropout: 0.3}",
          "latents",
              "{kind: diffusion, network: tiny, autoencoder: RUNS/base-autoencoder, clips: 6, cut: 3,"
                  + " given: 0.6, captionDropout: 0.3, micro: {drop: 0.4}}",
          "beside",
              "{kind: diffusion, network: unet-tiny-pixels, inflation: vdm, autoencoder: none,"
                  + " prediction: v, clips: 6, beside: {kind: smaller, times: 2}, crop: 8}",
          "adapt",
              "{kind: adapt, base: {model: RUNS/base-pixels/model}, clips: 4,"
                  + " noiseOffset: 0.1, perturbation: 0.1, captions: {shuffle: true},"
                  + " parts: [{kind: lora, name: it, targets: [all], rank: 2}]}",
          "distill",
              "{kind: distill, base: {model: RUNS/base-pixels/model}, clips: 4, way: {kind: guidance}}");

  @TempDir static Path runs;

  static Stream<String> methods() {
    return OBJECTIVES.keySet().stream().sorted();
  }

  private static String recipe(String name, String method, int batch) {
    return """
    {name: %s, seed: 1, steps: %s, batch: %s, accumulate: 2, precision: f32, optimizer: {lr: 1e-3},
     checkpoint: {every: 3}, log: {every: 1}, sample: {every: 0},
     data: {kind: toybox, width: 16, height: 16, frames: 4}, objective: %s}
    """
        .formatted(
            name,
            STEPS,
            batch,
            Objects.requireNonNull(OBJECTIVES.get(method))
                .replace("RUNS", runs.toString().replace('\\', '/')));
  }

  private static void train(String text, World world) {
    Recipe<Method> recipe = Methods.ALL.parse("recipe", text, List.of());
    TrainingRun.Outcome unused =
        TrainingRun.run(recipe, text, runs, false, TrainingListener.NONE, world);
  }

  private static List<JsonNode> lines(String run) {
    return new MetricsLog(runs.resolve(run).resolve("metrics.jsonl")).lines();
  }

  @BeforeAll
  static void bases() {
    for (String base : List.of("autoencoder", "classifier", "pixels")) {
      train(recipe("base-" + base, base, 2), World.alone());
    }
  }

  @ParameterizedTest
  @MethodSource("methods")
  void workersTrainAsOne(String method) throws Exception {
    train(recipe(method + "-1", method, 4), World.alone());
    String shared = recipe(method + "-2", method, 4);
    assertThat(Workers.run(2, 2, world -> train(shared, world))).containsOnly(Optional.empty());
    List<JsonNode> one = lines(method + "-1");
    List<JsonNode> two = lines(method + "-2");
    assertThat(two).hasSize(STEPS);
    for (int i = 0; i < STEPS; i++) {
      for (String figure : one.get(i).propertyNames()) {
        if (figure.endsWith("loss") || figure.endsWith("grad_norm") || figure.equals("step")) {
          double alone = one.get(i).path(figure).doubleValue();
          assertThat(two.get(i).path(figure).doubleValue())
              .as("%s of step %s: %s and %s", figure, i + 1, one.get(i), two.get(i))
              .isCloseTo(alone, within(1e-5 * Math.max(1, alone)));
        }
      }
    }
    assertThat(Double.isFinite(one.getLast().path("loss").doubleValue())).isTrue();
  }

  @Test
  void aBatchThatCannotBeSharedIsRefused() throws Exception {
    String three = recipe("three", "autoencoder", 3);
    List<Optional<Throwable>> thrown = Workers.run(2, 2, world -> train(three, world));
    for (Optional<Throwable> each : thrown) {
      assertThat(each.orElseThrow())
          .isInstanceOf(UserError.class)
          .hasMessage(
              "a batch of 3 cannot be shared by 2 workers alike: take a batch that is a multiple of 2");
    }
  }

  @Test
  void dropoutOfRowsIsRefused() throws Exception {
    String dropped = recipe("dropped", "adapt", 4).replace("rank: 2}", "rank: 2, dropout: 0.1}");
    List<Optional<Throwable>> thrown = Workers.run(2, 2, world -> train(dropped, world));
    assertThat(thrown.getFirst().orElseThrow())
        .isInstanceOf(UserError.class)
        .hasMessageContaining("part 'it'");
    assertThatThrownBy(
            () -> {
              throw thrown.get(1).orElseThrow();
            })
        .isInstanceOf(UserError.class);
  }
}
