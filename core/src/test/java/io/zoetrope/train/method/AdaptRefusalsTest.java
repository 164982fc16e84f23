package io.zoetrope.train.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.TinyStableDiffusion;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.torch.Scopes;
import io.zoetrope.train.RunFolder;
import io.zoetrope.train.StepReport;
import io.zoetrope.train.Trainer;
import io.zoetrope.train.TrainingListener;
import io.zoetrope.train.recipe.Recipe;
import io.zoetrope.train.run.TrainingRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a training on a loaded base says, and what it refuses in one line. */
class AdaptRefusalsTest {
  @TempDir Path folder;

  private static String text(String part, String more, String rate, Path base) {
    return """
    {name: r, seed: 3, steps: 2, batch: 1, precision: f32, optimizer: {lr: %s}, ema: 0.0, clip: 0,
     checkpoint: {every: 1}, log: {every: 1}, sample: {every: 0},
     data: {kind: toybox, width: 64, height: 64, frames: 2},
     objective: {kind: adapt, base: {model: '%s'}, parts: [%s], clips: 2%s}}
    """
        .formatted(rate, base, part, more);
  }

  private void run(String part, String more, String rate, TrainingListener listener) {
    Path base = folder.resolve("sd");
    if (!base.toFile().exists()) {
      Path unused = TinyStableDiffusion.write(base, ScalarType.Float);
    }
    String text = text(part, more, rate, base);
    TrainingRun.Outcome unused =
        TrainingRun.run(
            Methods.ALL.parse("r", text, List.of()), text, folder.resolve("runs"), false, listener);
  }

  @Test
  void aLoraSaysHowStronglyItActsAndWhatItsLossIsByLevel() {
    List<String> notes = new ArrayList<>();
    run(
        "{kind: lora, rank: 4, alpha: 1, name: look}",
        ", noiseOffset: 0.05, perturbation: 0.1, error: huber, weight: debiased",
        "1e-3",
        new TrainingListener() {
          @Override
          public void note(String line) {
            notes.add(line);
          }
        });
    assertThat(notes)
        .contains("look: rank 4 and alpha 1.0 beside 128 layers: acts times alpha / rank = 0.25");
    assertThat(folder.resolve("runs/r/metrics.jsonl")).content().contains("\"loss_u");
  }

  @Test
  void whatIsNotFiniteTakesNoCheckpointsPlace() {
    Path base = TinyStableDiffusion.write(folder.resolve("sd"), ScalarType.Float);
    Recipe<Method> recipe =
        Methods.ALL.parse("r", text("{kind: lora, rank: 2}", "", "1e-3", base), List.of());
    try (VideoModel model = VideoModel.load(ModelChoice.of(base, "f32"));
        RunFolder run = RunFolder.open(folder.resolve("runs/r"), "", false);
        Setting setting = new Setting(recipe, run, TrainingListener.NONE)) {
      Prepared prepared = ((AdaptMethod) recipe.objective()).prepare(setting, model);
      Tensor one =
          prepared.players().getFirst().parts().getFirst().parameters().firstEntry().getValue();
      TrainingListener spoiling =
          new TrainingListener() {
            @Override
            public void step(StepReport report) {
              if (report.step() == 2) {
                Scopes.run(() -> Scopes.noGrad(() -> one.fill_(new Scalar(Double.NaN))));
              }
            }
          };
      try (Trainer trainer = new Trainer(prepared.players(), recipe.settings(), run)) {
        assertThatThrownBy(() -> trainer.run(spoiling))
            .isInstanceOf(UserError.class)
            .hasMessageContaining("numbers that are not finite; the checkpoint before is kept")
            .hasMessageNotContaining("\n");
      }
      assertThat(folder.resolve("runs/r/checkpoints/step-000001")).isDirectory();
      assertThat(folder.resolve("runs/r/checkpoints/step-000002")).doesNotExist();
    }
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    String lora = "{kind: lora, rank: 2}";
    refused("{kind: lora, rank: 9}", "", "rank 9 is above that of layer");
    refused("{kind: lora, alpha: -1}", "", "alpha must be above 0");
    refused("{kind: lora, dropout: 1}", "", "dropout");
    refused("{kind: lora, name: 'a b'}", "", "name must be letters");
    refused("{kind: lora, rate: 0}", "", "rate must be above 0");
    refused("{kind: lora, formats: [peft, ckpt]}", "", "must be one of peft, kohya, motion-lora");
    refused(lora, ", noiseOffset: 2", "noiseOffset");
    refused(lora, ", perturbation: -1", "perturbation");
    refused(lora, ", error: {kind: huber, delta: 0}", "delta must be above 0");
    refused(lora, ", error: hubber", "it is square or huber");
    refused(lora, ", levelBins: 1000", "levelBins must be 0 to 100");
    refused(lora, ", weight: {kind: min-snr, gamma: 0}", "gamma must be above 0");
    refused(lora, ", schedule: {name: linear, betas: [0.012, 0.00085]}", "two numbers that rise");
    refused(lora, ", schedule: {name: flow, betas: [0.001, 0.012]}", "of linear and scaled_linear");
    refused(lora, ", cut: 3", "clips have only 2 frames");
    refused(lora, ", passes: [{name: p, debias: -1}]", "debias");
    refused(lora, ", passes: [{name: p, frames: one, debias: 1}]", "sees one only");
    refused(lora, ", cut: 1, passes: [{name: p, debias: 1}]", "sees one only");
  }

  private void refused(String part, String more, String why) {
    assertThatThrownBy(() -> run(part, more, "1e-3", TrainingListener.NONE))
        .as(part + more)
        .isInstanceOf(UserError.class)
        .hasMessageContaining(why)
        .hasMessageNotContaining("\n");
  }
}
