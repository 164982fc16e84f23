package io.zoetrope.train.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Video;
import io.zoetrope.network.unet.Inflation;
import io.zoetrope.network.unet.UNetConfig;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.TextToVideo;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.TrainingListener;
import io.zoetrope.train.method.Method;
import io.zoetrope.train.method.Methods;
import io.zoetrope.train.recipe.Recipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole way at the smallest size: pixels to latents, words to images, images to video, a video.
 */
class TrainingRunTest {
  @TempDir Path runs;

  private Path train(String text) {
    Recipe<Method> recipe = Methods.ALL.parse("recipe", text, List.of());
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
    assertThat(runs.resolve("video/metrics.jsonl")).isNotEmptyFile();
    assertThat(runs.resolve("latents")).isDirectoryContaining("glob:**.safetensors");
    try (VideoModel loaded = VideoModel.load(ModelChoice.of(model, "f32"))) {
      VideoRequest request =
          new VideoRequest("a red ball moves right", "", 1, 32, 32, 4, 8, 2, 2, "flow-euler");
      Video video = new TextToVideo(new Engine(loaded)).run(request, Progress.NONE);
      assertThat(video.frames()).hasSize(4);
      assertThat(video.width()).isEqualTo(32);
      assertThat(loaded.unknownWords("a red zebra")).containsExactly("zebra");
    }
  }

  /** The shipped recipe of a few steps: clips and images together, in pixels. */
  @Test
  void aUNetLearnsPixelsOfClipsAndImages() {
    Path file = recipes().resolve("tiny-unet.yaml");
    Recipe<Method> recipe =
        Methods.ALL.read(file, List.of("sample.every=3", "objective.images=1"), "setting");
    Path model = TrainingRun.run(recipe, "tiny-unet", runs, false, TrainingListener.NONE).product();
    assertThat(runs.resolve("tiny-unet/samples/step-000003/samples.png")).exists();
    assertThat(runs.resolve("tiny-unet/metrics.jsonl")).content().contains("image_loss");
    assertThat(model.resolve("unet/config.json")).content().contains("relative");
    assertThat(model.resolve("transformer")).doesNotExist();
    try (VideoModel loaded = VideoModel.load(ModelChoice.of(model, "f32"))) {
      assertThat(loaded.network().config()).isEqualTo(UNetConfig.size("tiny-pixels"));
      assertThat(loaded.defaults().sampler()).isEqualTo("ddim");
      VideoRequest request =
          new VideoRequest("a red ball moves right", "", 1, 20, 16, 3, 8, 2, 2, "ddim");
      Video video = new TextToVideo(new Engine(loaded)).run(request, Progress.NONE);
      assertThat(video.frames()).hasSize(3);
      assertThat(video.width()).isEqualTo(20);
    }
    // Its own kind of model, and another kind of network, to go on from.
    Path further =
        TrainingRun.run(
                Methods.ALL.read(
                    file,
                    List.of(
                        "name=further",
                        "objective.images=0",
                        "objective.checkpointing=true",
                        "objective.init=" + model,
                        "objective.autoencoder=" + model,
                        "objective.inflation=align-your-latents"),
                    "setting"),
                "further",
                runs,
                false,
                TrainingListener.NONE)
            .product();
    try (VideoModel loaded = VideoModel.load(ModelChoice.of(further, "f32"))) {
      assertThat(loaded.network().config())
          .isEqualTo(UNetConfig.size("tiny-pixels").inflated(Inflation.of("align-your-latents")));
    }
    // That inflation freezes the image network and adds layers of its own.
    Map<String, Integer> before = weights(model);
    Map<String, Integer> after = weights(further);
    assertThat(after).containsEntry("conv_in.weight", before.get("conv_in.weight"));
    assertThat(after).containsKey("mid_block.temp_resnets.0.alpha");
    assertThatThrownBy(() ->
            train(
                recipe(
                    "w",
                    "{kind: toybox, width: 16, height: 16, frames: 2}",
                    "{kind: diffusion, network: unet-tiny, autoencoder: none, clips: 2}")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("latents of 4 channels, pixels have 3");
  }

  /** Hashes of a model's weights. */
  private static Map<String, Integer> weights(Path model) {
    try (SafetensorsFile file =
        Safetensors.open(model.resolve("unet/diffusion_pytorch_model.safetensors"))) {
      Map<String, Integer> hashes = new TreeMap<>();
      file.tensors().forEach((name, t) -> hashes.put(name, Arrays.hashCode(Tensors.toBytes(t))));
      return hashes;
    }
  }

  private static Path recipes() {
    Path here = Path.of("").toAbsolutePath();
    return Files.isDirectory(here.resolve("recipes"))
        ? here.resolve("recipes")
        : here.resolveSibling("recipes");
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
