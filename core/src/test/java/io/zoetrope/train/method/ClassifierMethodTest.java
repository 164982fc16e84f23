package io.zoetrope.train.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.error.UserError;
import io.zoetrope.network.classifier.ClassifierConfig;
import io.zoetrope.train.TrainingListener;
import io.zoetrope.train.run.TrainingRun;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassifierMethodTest {
  @TempDir Path runs;

  private TrainingRun.Outcome train(String data) {
    String text =
        """
        {name: c, seed: 1, steps: 2, batch: 2, precision: f32, optimizer: {lr: 1e-3},
         sample: {every: 2}, data: %s, objective: {kind: classifier, network: tiny}}
        """
            .formatted(data);
    return TrainingRun.run(
        Methods.ALL.parse("recipe", text, List.of()), text, runs, false, TrainingListener.NONE);
  }

  @Test
  void trainsAndWritesAClassifier() {
    TrainingRun.Outcome outcome = train("{kind: toybox, width: 16, height: 16, frames: 4}");
    assertThat(outcome.product()).isEqualTo(runs.resolve("c/classifier"));
    ClassifierConfig config = Component.encoder(outcome.product()).config(ClassifierConfig.class);
    assertThat(config.heads().keySet())
        .containsExactly("shape", "colour", "motion", "background", "count");
    assertThat(Component.encoder(outcome.product()).weights()).exists();
    assertThat(runs.resolve("c/samples/step-000002/held-out.txt"))
        .content()
        .contains("shape", "motion");
  }

  @Test
  void onlyTheToyWorldHasLabels() {
    assertThatThrownBy(() -> train("{kind: folder, path: clips}"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("toybox");
  }
}
