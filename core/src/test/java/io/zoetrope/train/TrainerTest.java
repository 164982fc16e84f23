package io.zoetrope.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerTest {
  @TempDir Path folder;

  @Test
  void theLossFalls() {
    List<Double> losses = new ArrayList<>();
    List<String> saved = new ArrayList<>();
    Trainer.Result result =
        TinyRun.train(
            folder.resolve("run"),
            300,
            false,
            new TrainingListener() {
              @Override
              public void step(StepReport report) {
                losses.add(report.loss());
              }

              @Override
              public void checkpoint(Path at) {
                saved.add(at.getFileName().toString());
              }
            });
    assertThat(result).isEqualTo(new Trainer.Result(300, false, 0));
    assertThat(mean(losses.subList(280, 300))).isLessThan(0.6 * mean(losses.subList(0, 20)));
    assertThat(saved).endsWith("step-000294", "step-000300").doesNotHaveDuplicates();
    assertThat(new MetricsLog(folder.resolve("run/metrics.jsonl")).lines())
        .isNotEmpty()
        .allMatch(line -> line.path("loss").isNumber());
    RunFolder.checkpoints(folder.resolve("run"))
        .forEach(c -> assertThat(c.getFileName().toString()).isIn("step-000294", "step-000300"));
  }

  @Test
  void aCancelledRunResumesToTheSameBits() throws IOException {
    Path whole = folder.resolve("whole");
    Path parts = folder.resolve("parts");
    TinyRun.train(whole, 40, false, TrainingListener.NONE);
    for (int stop : new int[] {1, 12, 23}) {
      Trainer.Result result = TinyRun.train(parts, 40, true, cancelAt(stop));
      assertThat(result).isEqualTo(new Trainer.Result(stop, true, 0));
      Files.createDirectory(parts.resolve("checkpoints/.partial-1-1-step-000099"));
      Files.writeString(
          parts.resolve("metrics.jsonl"),
          "{\"step\":39,\"lo",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    }
    TinyRun.train(parts, 40, true, TrainingListener.NONE);
    assertSameRun(parts, whole);
    assertThat(parts.resolve("checkpoints/.partial-1-1-step-000099")).doesNotExist();
  }

  static void assertSameRun(Path actual, Path expected) throws IOException {
    Path a = RunFolder.checkpoints(actual).getLast();
    Path e = RunFolder.checkpoints(expected).getLast();
    assertThat(a.getFileName()).isEqualTo(e.getFileName());
    for (String file : List.of("model.safetensors", "ema.safetensors", "optimizer.safetensors")) {
      assertThat(Files.readAllBytes(a.resolve(file)))
          .as(file)
          .isEqualTo(Files.readAllBytes(e.resolve(file)));
    }
    assertThat(TrainingState.read(a)).isEqualTo(TrainingState.read(e));
    assertThat(losses(actual)).isEqualTo(losses(expected)).hasSize(8);
  }

  private static List<String> losses(Path run) {
    return new MetricsLog(run.resolve("metrics.jsonl"))
        .lines().stream()
            .map(n -> n.path("step") + " " + n.path("loss") + " " + n.path("mse"))
            .toList();
  }

  private static TrainingListener cancelAt(int step) {
    return new TrainingListener() {
      private long at;

      @Override
      public void step(StepReport report) {
        at = report.step();
      }

      @Override
      public boolean cancelled() {
        return at == step;
      }
    };
  }

  @Test
  void stepsThatAreNotFiniteAreSkippedAndTooManyEndTheRun() {
    SequencedMap<String, Tensor> parameters = new LinkedHashMap<>();
    parameters.put("w", Scopes.keep(Tensors.full(1, 2)).set_requires_grad(true));
    Objective objective =
        step ->
            Ops.mul(
                TinyRun.get(parameters, "w").square().sum(),
                step.step() == 2 || step.step() > 5 ? Double.NaN : 1);
    List<String> warnings = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void warning(String line) {
            warnings.add(line);
          }
        };
    try (RunFolder run = RunFolder.open(folder.resolve("run"), "", false);
        Trainer trainer =
            new Trainer(
                List.of(Player.only(parameters, objective, TinyRun.settings(50).learning())),
                TinyRun.settings(50),
                run)) {
      assertThatThrownBy(() -> trainer.run(listener))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("3 steps in a row, the last is step 9");
    }
    assertThat(warnings).hasSize(3).first().asString().startsWith("step 3 skipped");
    assertThat(Tensors.toFloats(TinyRun.get(parameters, "w"))).doesNotContain(Float.NaN);
    // The state before the failure is on disk.
    try (SafetensorsFile model =
        Safetensors.open(
            RunFolder.checkpoints(folder.resolve("run")).getLast().resolve("model.safetensors"))) {
      assertThat(Tensors.toFloats(model.tensor("w")))
          .isEqualTo(Tensors.toFloats(TinyRun.get(parameters, "w")));
    }
  }

  @Test
  void aRunFolderIsGuarded() {
    Path root = folder.resolve("run");
    TinyRun.train(root, 10, false, TrainingListener.NONE);
    assertThatThrownBy(() -> TinyRun.train(root, 10, false, TrainingListener.NONE))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("resuming continues it");
    try (RunFolder held = RunFolder.open(root, "", true)) {
      assertThatThrownBy(() -> RunFolder.open(root, "", true))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("in use");
      SequencedMap<String, Tensor> other = TinyRun.parameters(17);
      assertThatThrownBy(() ->
              new Trainer(
                  List.of(
                      Player.only(other, s -> Tensors.zeros(), TinyRun.settings(10).learning())),
                  TinyRun.settings(10),
                  held))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("'in.weight'")
          .hasMessageContaining("[16, 4]");
    }
  }

  @Test
  void samplesSeeTheAveragesAndLeaveTheWeights() {
    SequencedMap<String, Tensor> parameters = TinyRun.parameters(4);
    try (Ema ema = new Ema(parameters, 0.5)) {
      Scopes.run(
          () -> Scopes.noGrad(() -> TinyRun.get(parameters, "in.weight").add_(Tensors.full(1))));
      ema.update(); // warm-up: 0.1 old + 0.9 new
      float[] weights = Tensors.toFloats(TinyRun.get(parameters, "in.weight"));
      float[] averages = Tensors.toFloats(TinyRun.get(ema.tensors(), "in.weight"));
      assertThat(averages[0]).isCloseTo(weights[0] - 0.1f, within(1e-6f));
      ema.borrow(() ->
          assertThat(Tensors.toFloats(TinyRun.get(parameters, "in.weight"))).isEqualTo(averages));
      assertThat(Tensors.toFloats(TinyRun.get(parameters, "in.weight"))).isEqualTo(weights);
    }
  }

  @Test
  void prefetchedBatchesComeInTheOrderAsked() {
    List<Long> built = new ArrayList<>();
    try (Prefetch<Long> source =
        new Prefetch<>(
            (step, micro) -> {
              built.add(step * 3 + micro);
              if (step == 4) {
                throw new UserError("clip 12 is damaged");
              }
              return step * 3 + micro;
            },
            3,
            2,
            b -> {})) {
      for (long i : new long[] {0, 1, 2, 3, 9, 10, 2, 3, 4, 0}) {
        assertThat(source.batch(i / 3, (int) (i % 3))).isEqualTo(i);
      }
      assertThatThrownBy(() -> source.batch(4, 0)).hasMessage("clip 12 is damaged");
      assertThat(source.batch(5, 0)).isEqualTo(15);
    }
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }
}
