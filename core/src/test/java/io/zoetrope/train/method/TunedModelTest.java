package io.zoetrope.train.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.checkpoint.Provenance;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.UserError;
import io.zoetrope.network.unet.Inflation;
import io.zoetrope.pipeline.family.Ability;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.Role;
import io.zoetrope.pipeline.family.TinyStableDiffusion;
import io.zoetrope.pipeline.family.TunedChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.StepReport;
import io.zoetrope.train.TrainingListener;
import io.zoetrope.train.recipe.Recipe;
import io.zoetrope.train.run.TrainingRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tune-A-Video on a loaded image model: what learns, what is written, and how it is used. */
class TunedModelTest {
  @TempDir Path folder;

  private static final String NAMES =
      "[{kind: weights, name: tuned,"
          + " names: ['*.attn1.to_q.weight', '*.attn2.to_q.weight', '*.attn_temp.*']}]";

  private static String text(Path base, int steps, String more) {
    return """
    {name: tuned, seed: 3, steps: %s, batch: 1, precision: f32, optimizer: {lr: 2e-2}, ema: 0.0,
     schedule: {floor: 1.0}, checkpoint: {every: 2}, log: {every: 1}, sample: {every: 0},
     data: {kind: toybox, width: 64, height: 64, frames: 3},
     objective: {kind: adapt, base: {model: '%s'%s}, parts: %s, clips: 1, captionDropout: 0}}
    """
        .formatted(steps, base, more, NAMES);
  }

  private Path train(Path base, String runs, int steps, String more, boolean resume) {
    String text = text(base, steps, more);
    Recipe<Method> recipe = Methods.ALL.parse("r", text, List.of());
    return TrainingRun.run(recipe, text, folder.resolve(runs), resume, TrainingListener.NONE)
        .product();
  }

  private Path base(String name) {
    return TinyStableDiffusion.write(folder.resolve(name), ScalarType.Float);
  }

  private static float[] answer(VideoModel model) {
    return Scopes.value(() ->
        Scopes.noGrad(() -> {
          try (RandomStream random = new RandomStreams(1).stream("z")) {
            Tensor z = random.normal(1, 4, 3, 8, 8);
            Conditioning words =
                model.text().orElseThrow().condition(List.of("a red ball")).asTextsOf(1);
            return Tensors.toFloats(
                model.network().predict(z, Tensors.full(500, 1, 3), words).to(ScalarType.Float));
          }
        }));
  }

  /** The folder of the public code has all weights in it, under the class of another's network. */
  @Test
  void theWholeModelAsThePublicCodeSavesIt() throws IOException {
    Path base = base("sd");
    Path file = train(base, "runs", 2, ", inflation: tune-a-video", false);
    Path whole = folder.resolve("whole");
    TinyStableDiffusion.copy(base, whole);
    float[] wanted;
    try (VideoModel tuned =
        VideoModel.load(ModelChoice.of(base, "f32").withTuned(Optional.of(TunedChoice.of(file))))) {
      wanted = answer(tuned);
      TinyStableDiffusion.tune(whole, tuned.weights(Role.DENOISER).orElseThrow().parameters());
    }
    try (VideoModel model = VideoModel.load(ModelChoice.of(whole, "f32"))) {
      assertThat(answer(model)).isEqualTo(wanted);
      assertThat(model.can(Ability.VIDEO)).isTrue();
      assertThat(model.defaults().frames()).isEqualTo(24);
      assertThat(model.defaults().guidance()).isEqualTo(12.5);
    }
    Path config = whole.resolve("unet/config.json");
    Files.writeString(
        config, Files.readString(config).replaceFirst("\"DownBlock3D", "\"SkipDownBlock3D"));
    assertThatThrownBy(() -> VideoModel.load(ModelChoice.of(whole, "f32")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("unknown block 'SkipDownBlock2D'");
  }

  @Test
  void whatLearnsIsWrittenAndActsOnTheSameBaseAlone() {
    Path base = base("sd");
    Path file = train(base, "runs", 4, ", inflation: tune-a-video", false);
    // Of 16 transformers two queries, three projections of attn_temp, its output and that one's
    // bias.
    try (SafetensorsFile written = Safetensors.open(file);
        SafetensorsFile checkpoint =
            Safetensors.open(
                folder.resolve("runs/tuned/checkpoints/step-000004/model.safetensors"))) {
      assertThat(written.entries().keySet())
          .hasSize(16 * 7)
          .allMatch(name -> name.matches(".*(attn[12][.]to_q[.]weight|attn_temp[.]to_.*)"));
      assertThat(checkpoint.entries().keySet()).hasSize(16 * 7);
      assertThat(written.metadata())
          .containsEntry("zoetrope.inflation", "tune-a-video")
          .containsEntry("zoetrope.resnet_norms", "clip")
          .containsEntry("zoetrope.frames", "3")
          .containsEntry("zoetrope.steps", "4")
          .containsKeys("zoetrope.base_print", "zoetrope.schedule", "zoetrope.recipe");
    }
    ModelChoice plain = ModelChoice.of(base, "f32");
    float[] start;
    String print;
    try (VideoModel model =
        VideoModel.load(plain.withInflation(Optional.of(Inflation.TUNE_A_VIDEO)))) {
      start = answer(model);
      print = model.print();
      assertThat(model.can(Ability.VIDEO)).isTrue();
    }
    try (VideoModel still = VideoModel.load(plain);
        VideoModel tuned = VideoModel.load(plain.withTuned(Optional.of(TunedChoice.of(file))))) {
      assertThat(still.print()).isEqualTo(print).isEqualTo(tuned.print());
      assertThat(still.can(Ability.VIDEO)).isFalse();
      assertThat(tuned.defaults().frames()).isEqualTo(3);
      assertThat(tuned.strangers()).isEmpty();
      assertThat(answer(tuned)).isNotEqualTo(start);
      Map<String, Tensor> weights = tuned.weights(Role.DENOISER).orElseThrow().parameters();
      try (SafetensorsFile written = Safetensors.open(file)) {
        written
            .tensors()
            .forEach((name, tensor) -> {
              String own = name.replaceFirst("unet[.]", "");
              assertThat(Objects.requireNonNull(weights.get(own), own).equal(tensor))
                  .as(name)
                  .isTrue();
            });
      }
    }
    // And training goes on from it.
    Path more = train(base, "more", 1, ", tuned: '" + file + "'", false);
    assertThat(Provenance.read(more).get("inflation")).contains("tune-a-video");
  }

  @Test
  void aRunThatWasStoppedEndsInTheSameBits() throws Exception {
    Path base = base("sd");
    Path whole = train(base, "a", 5, ", inflation: tune-a-video", false);
    String text = text(base, 5, ", inflation: tune-a-video");
    Recipe<Method> recipe = Methods.ALL.parse("r", text, List.of());
    for (int stop : new int[] {3, -1}) {
      TrainingRun.Outcome unused =
          TrainingRun.run(
              recipe,
              text,
              folder.resolve("b"),
              true,
              new TrainingListener() {
                private long at;

                @Override
                public void step(StepReport report) {
                  at = report.step();
                }

                @Override
                public boolean cancelled() {
                  return at == stop;
                }
              });
    }
    assertThat(Files.readAllBytes(folder.resolve("b/tuned/trained/tuned.safetensors")))
        .isEqualTo(Files.readAllBytes(whole));
  }

  @Test
  void whatDoesNotFitIsRefusedInOneLine() throws Exception {
    Path base = base("sd");
    Path file = train(base, "runs", 1, ", inflation: tune-a-video", false);
    Path other = base("other");
    Path unet = other.resolve("unet/diffusion_pytorch_model.safetensors");
    Map<String, Tensor> turned = new TreeMap<>();
    Scopes.run(() -> {
      try (SafetensorsFile open = Safetensors.open(unet)) {
        open.tensors().forEach((name, tensor) -> turned.put(name, Ops.mul(tensor, -1)));
        Safetensors.write(folder.resolve("turned.safetensors"), turned, Map.of());
      }
    });
    assertThat(folder.resolve("turned.safetensors").toFile().renameTo(unet.toFile())).isTrue();
    refused(
        () ->
            VideoModel.load(
                ModelChoice.of(other, "f32").withTuned(Optional.of(TunedChoice.of(file)))),
        "tuned.safetensors was trained on sd");
    refused(() -> TunedChoice.of(unet), "is no file of tuned weights: its header says nothing");
    refused(() -> TunedChoice.of(folder.resolve("no.safetensors")), "there is no file");
    refused(
        () -> train(base, "x", 1, ", inflation: tune-a-video, tuned: '" + file + "'", false),
        "leave out base.inflation");
    refused(() -> train(base, "x", 1, ", inflation: tuna", false), "unknown inflation 'tuna'");
    refused(() -> train(base, "x", 1, "", false), "nothing that '*.attn_temp.*' means");
    TinyStableDiffusion.addMotion(base);
    refused(
        () -> train(base, "x", 1, ", inflation: tune-a-video", false),
        "only a U-Net of single pictures is inflated");
  }

  private static void refused(Runnable what, String why) {
    assertThatThrownBy(what::run)
        .isInstanceOf(UserError.class)
        .hasMessageContaining(why)
        .hasMessageNotContaining("\n");
  }
}
