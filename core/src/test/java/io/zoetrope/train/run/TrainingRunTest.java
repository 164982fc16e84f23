package io.zoetrope.train.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.diffusion.Progress;
import io.zoetrope.media.Video;
import io.zoetrope.pipeline.TextToVideo;
import io.zoetrope.pipeline.VideoModel;
import io.zoetrope.pipeline.VideoRequest;
import io.zoetrope.torch.UserError;
import io.zoetrope.train.TrainingListener;
import io.zoetrope.train.recipe.Recipe;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole way at the smallest size: pixels to latents, words to images, images to video, a video.
 */
class TrainingRunTest {
  @TempDir Path runs;

  private Path train(String text) {
    Recipe recipe = Recipe.parse("recipe", text);
    TrainingRun.Outcome outcome = TrainingRun.run(recipe, text, runs, false, TrainingListener.NONE);
    assertThat(outcome.training().cancelled()).isFalse();
    return outcome.product();
  }

  private static String recipe(String name, String data, String objective) {
    return """
    {name: %s, seed: 1, steps: 4, batch: 2, precision: f32, optimizer: {lr: 1e-3},
     checkpoint: {every: 2}, log: {every: 1}, sample: {every: 2},
     data: %s, objective: %s}
    """
        .formatted(name, data, objective);
  }

  @Test
  void fromNothingToAVideo() {
    String stills = "{kind: toybox, width: 32, height: 32, frames: 1}";
    String clips = "{kind: toybox, width: 32, height: 32, frames: 4}";
    train(recipe("ae", stills, "{kind: autoencoder, network: tiny, gradient: 1.0}"));
    String ae = runs.resolve("ae").toString();
    train(
        recipe(
            "images",
            clips,
            "{kind: diffusion, network: tiny, temporal: false, autoencoder: '%s', clips: 6, cut: 1}"
                .formatted(ae)));
    Path model =
        train(
            recipe(
                "video",
                clips,
                "{kind: diffusion, network: tiny, autoencoder: '%s', clips: 6, cut: 2, maxStride: 2, init: '%s'}"
                    .formatted(ae, runs.resolve("images"))));

    Path further =
        train(
            recipe(
                "further",
                clips,
                "{kind: diffusion, network: tiny, autoencoder: '%s', clips: 6, init: '%s', checkpointing: true}"
                    .formatted(model, model)));
    assertThat(further.resolve("model_index.json")).exists();
    assertThat(runs.resolve("video/samples/step-000002/samples.png")).exists();
    assertThat(runs.resolve("video/loss.png")).exists();
    assertThat(runs.resolve("latents")).isDirectoryContaining("glob:**.safetensors");
    try (VideoModel loaded = VideoModel.load(model, "f32")) {
      VideoRequest request =
          new VideoRequest("a red ball moves right", "", 1, 32, 32, 4, 8, 2, 2, "flow-euler");
      Video video = new TextToVideo(loaded).run(request, Progress.NONE);
      assertThat(video.frames()).hasSize(4);
      assertThat(video.width()).isEqualTo(32);
      assertThat(loaded.unknownWords("a red zebra")).containsExactly("zebra");
    }
  }

  @Test
  void whatIsMissingIsNamed() {
    String clips = "{kind: toybox, width: 32, height: 32, frames: 4}";
    assertThatThrownBy(() ->
            train(recipe("x", clips, "{kind: diffusion, network: tiny, autoencoder: nowhere}")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("no finished autoencoder in nowhere");
    assertThatThrownBy(() -> train(recipe("y", clips, "{kind: autoencoder, network: huge}")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("unknown size 'huge'");
  }

  @Test
  void aFolderOfOnesOwnNeedsToBeThere() {
    assertThatThrownBy(() ->
            train(
                recipe(
                    "z",
                    "{kind: folder, path: '%s'}".formatted(runs.resolve("none")),
                    "{kind: autoencoder, network: tiny}")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("none");
  }
}
