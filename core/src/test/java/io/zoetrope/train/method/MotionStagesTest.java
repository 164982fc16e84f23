package io.zoetrope.train.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.checkpoint.JsonFiles;
import io.zoetrope.checkpoint.Provenance;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.UserError;
import io.zoetrope.network.unet.Inflation;
import io.zoetrope.network.unet.MotionNorms;
import io.zoetrope.network.unet.UNetConfig;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.TinyStableDiffusion;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.TrainingListener;
import io.zoetrope.train.run.TrainingRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Motion modules begin on an image model that has none. */
class MotionStagesTest {
  private static final String LINEAR = ", schedule: {name: linear, betas: [0.00085, 0.012]}";
  private static final int FRAMES = 3;

  @TempDir Path folder;

  private Path train(String name, String base, String more) {
    String text =
        """
        {name: %s, seed: 3, steps: 2, batch: 1, precision: f32, optimizer: {lr: 5e-2}, ema: 0.0,
         sample: {every: 0}, data: {kind: toybox, width: 64, height: 64, frames: 3},
         objective: {kind: adapt, base: %s, clips: 2,
           parts: [{kind: weights, name: motion, names: ['*motion_modules.*'],
                    formats: [motion-module]}]%s}}
        """
            .formatted(name, base, more);
    return TrainingRun.run(
            Methods.ALL.parse("r", text, List.of()),
            text,
            folder.resolve("runs"),
            false,
            TrainingListener.NONE)
        .product();
  }

  /** What a network says of each frame. */
  private static float[] answer(VideoModel model) {
    return Scopes.value(() ->
        Scopes.noGrad(() -> {
          try (RandomStream random = new RandomStreams(1).stream("z")) {
            Tensor z = random.normal(1, 4, FRAMES, 16, 16);
            Conditioning words =
                model.text().orElseThrow().condition(List.of("a red ball")).asTextsOf(1);
            return Tensors.toFloats(
                model.network().predict(z, Tensors.full(500, 1, FRAMES), words));
          }
        }));
  }

  @Test
  void anInflatedBaseBeginsAsTheBaseToTheBit() {
    Path base = TinyStableDiffusion.write(folder.resolve("sd"), ScalarType.Float);
    float[] still;
    try (VideoModel model = VideoModel.load(ModelChoice.of(base, "f32"))) {
      still = answer(model);
    }
    for (String name : List.of("animatediff", "animatediff-v2")) {
      ModelChoice choice = ModelChoice.of(base, "f32");
      try (VideoModel model =
          VideoModel.load(choice.withInflation(Optional.of(Inflation.of(name))))) {
        assertThat(Arrays.equals(answer(model), still)).as(name).isTrue();
        assertThat(model.network().config().temporal()).isTrue();
      }
    }
  }

  @Test
  void aModuleIsTrainedFromNothingAndPutIntoTheBase() {
    Path base = TinyStableDiffusion.write(folder.resolve("sd"), ScalarType.Float);
    Path file = train("m", "{model: '%s', inflation: animatediff}".formatted(base), LINEAR);
    Provenance origin = Provenance.read(file);
    assertThat(origin.get(Provenance.SCHEDULE)).contains("linear 8.5E-4-0.012");
    assertThat(origin.get("stride")).contains("1");
    assertThat(origin.get(Provenance.NORMS)).contains("clip");
    ModelChoice moved = ModelChoice.of(base, "f32").withMotion(Optional.of(file));
    try (VideoModel model = VideoModel.load(moved);
        VideoModel bare = VideoModel.load(ModelChoice.of(base, "f32"))) {
      assertThat(answer(model)).isNotEqualTo(answer(bare));
      assertThat(model.strangers()).isEmpty();
    }
    Path other = train("scaled", "{model: '%s', inflation: animatediff}".formatted(base), "");
    try (VideoModel model = VideoModel.load(moved.withMotion(Optional.of(other)))) {
      assertThat(model.strangers())
          .singleElement()
          .asString()
          .contains("trained on the noise schedule scaled_linear")
          .contains("this model runs linear");
    }
  }

  /** An image model trained here is one as Stable Diffusion is: betas, and motion on top. */
  @Test
  void anImageModelOfOurOwnTakesMotion() {
    String text =
        """
        {name: images, seed: 3, steps: 2, batch: 2, precision: f32, optimizer: {lr: 1e-3},
         sample: {every: 0},
         data: {kind: toybox, width: 32, height: 32, frames: 1, motions: [right, up]},
         objective: {kind: diffusion, network: unet-tiny-pixels, temporal: false,
                     autoencoder: none, prediction: eps, schedule: {name: scaled_linear},
                     clips: 4, perFrame: 0.0}}
        """;
    Path images =
        TrainingRun.run(
                Methods.ALL.parse("r", text, List.of()),
                text,
                folder.resolve("runs"),
                false,
                TrainingListener.NONE)
            .product();
    try (VideoModel model = VideoModel.load(ModelChoice.of(images, "f32"))) {
      assertThat(model.scheduling().describe()).isEqualTo("scaled_linear 8.5E-4-0.012");
      assertThat(model.scheduling().toPrediction()).isEqualTo(Prediction.EPS);
      assertThat(model.defaults().frames()).isEqualTo(1);
    }
    Path file = train("m", "{model: '%s', inflation: animatediff}".formatted(images), LINEAR);
    try (VideoModel model =
        VideoModel.load(ModelChoice.of(images, "f32").withMotion(Optional.of(file)))) {
      assertThat(model.scheduling().describe()).isEqualTo("linear 8.5E-4-0.012");
      assertThat(model.defaults().frames()).isEqualTo(16);
      assertThat(model.strangers()).isEmpty();
    }
  }

  /** What the norms reach is trained, written, read back, and overridden by who says so. */
  @Test
  void normsGoWithTheFile() {
    Path base = TinyStableDiffusion.write(folder.resolve("sd"), ScalarType.Float);
    Path file =
        train("f", "{model: '%s', inflation: animatediff, norms: 'frame'}".formatted(base), LINEAR);
    assertThat(Provenance.read(file).get(Provenance.NORMS)).contains("frame");
    ModelChoice moved = ModelChoice.of(base, "f32").withMotion(Optional.of(file));
    float[] own;
    try (VideoModel model = VideoModel.load(moved)) {
      assertThat(model.network().config().motionNorms()).contains("frame");
      own = answer(model);
    }
    for (String text : MotionNorms.TEXTS) {
      Optional<MotionNorms> norms = Optional.of(MotionNorms.of(text));
      try (VideoModel model = VideoModel.load(moved.withNorms(norms))) {
        assertThat(model.network().config().motionNorms()).contains(text);
        assertThat(Arrays.equals(answer(model), own)).as(text).isEqualTo(text.equals("frame"));
      }
    }
    assertThatThrownBy(() ->
            VideoModel.load(ModelChoice.of(base, "f32").withNorms(Optional.of(MotionNorms.USUAL))))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("has none");
  }

  /** Configs of before say nothing of norms; others have to be whole. */
  @Test
  void whatSaysNothingOfNormsIsReadAsItWas() throws IOException {
    UNetConfig config = UNetConfig.size("tiny").inflated(Inflation.ANIMATEDIFF);
    Path file = folder.resolve("config.json");
    JsonFiles.write(file, config);
    String now = Files.readString(file);
    String before = now.replaceAll(",\\s*\"norms\" : \"[a-z]*\"", "");
    assertThat(before).isNotEqualTo(now).doesNotContain("norms\" :");
    Files.writeString(file, before);
    assertThat(JsonFiles.read(file, UNetConfig.class)).isEqualTo(config);
    Files.writeString(file, before.replaceAll("\"moments\" : false,", ""));
    assertThatThrownBy(() -> JsonFiles.read(file, UNetConfig.class))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("config.json");
  }

  @Test
  void basesThatCannotBeInflatedAreRefused() throws IOException {
    Path base = TinyStableDiffusion.write(folder.resolve("sd"), ScalarType.Float);
    refused("{model: '%s', inflation: animatedif}".formatted(base), "unknown inflation");
    refused(
        "{model: '%s', inflation: animatediff, norms: both}".formatted(base),
        "norms of motion modules are over clip");
    refused("{model: '%s', norms: frame}".formatted(base), "has none");
    refused(
        "{model: '%s', inflation: animatediff, motion: m.safetensors}".formatted(base),
        "leave one out");
    TinyStableDiffusion.addMotion(base);
    refused(
        "{model: '%s', inflation: animatediff}".formatted(base),
        "only a U-Net of single pictures is inflated");
  }

  private void refused(String base, String why) {
    assertThatThrownBy(() -> train("no", base, ""))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(why)
        .hasMessageNotContaining("\n");
  }
}
