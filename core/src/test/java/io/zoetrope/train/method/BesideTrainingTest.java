package io.zoetrope.train.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.error.UserError;
import io.zoetrope.media.Video;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.TextToVideo;
import io.zoetrope.pipeline.cascade.Cascade;
import io.zoetrope.pipeline.cascade.CascadeRun;
import io.zoetrope.pipeline.cascade.Handed;
import io.zoetrope.pipeline.cascade.Seen;
import io.zoetrope.pipeline.family.Beside;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.TrainingListener;
import io.zoetrope.train.run.TrainingRun;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Stages of cascades: trained with what they see beside their video, and shown it by bridges. */
class BesideTrainingTest {
  @TempDir Path folder;

  private Path train(String name, String network, int side, String more) {
    String text =
        """
        {name: %s, seed: 3, steps: 3, batch: 2, precision: f32, ema: 0.0, checkpoint: {every: 9},
         optimizer: {lr: 1e-2}, sample: {every: 3},
         data: {kind: toybox, width: %s, height: %s, frames: 4},
         objective: {kind: diffusion, network: %s, autoencoder: none, prediction: v, perFrame: 0.0,
          clips: 3, levels: {kind: uniform}%s}}
        """
            .formatted(name, side, side, network, more);
    return TrainingRun.run(
            Methods.ALL.parse("r", text, List.of()),
            text,
            folder.resolve("runs"),
            false,
            TrainingListener.NONE)
        .product();
  }

  private static VideoModel load(Path model) {
    return VideoModel.load(ModelChoice.of(model, "f32"));
  }

  private static VideoRequest asked(int side) {
    return new VideoRequest("a red ball", "", 3, side, side, 4, 8, 2, 1, "ddim");
  }

  private static byte[] run(VideoModel model, String stage, Video before, int side) {
    return Scopes.value(() -> Tensors.toBytes(made(model, stage, before, side)));
  }

  private static Tensor made(VideoModel model, String stage, Video before, int side) {
    return new CascadeRun(name -> new Engine(model))
        .run(
            Cascade.parse("c", "stages: [%s]".formatted(stage)),
            asked(side),
            Optional.of(new Handed.Film(before)),
            Progress.NONE)
        .z_1CFHW();
  }

  private Video small(int side) {
    Path base = train("base", "unet-tiny-pixels", side, "");
    try (VideoModel model = load(base)) {
      return new TextToVideo(new Engine(model)).run(asked(side), Progress.NONE);
    }
  }

  @Test
  void aSmallVideoIsSeenEnlargedAndNoised() {
    Video small = small(16);
    Path trained =
        train(
            "ssr",
            "unet-tiny-ssr",
            32,
            ", crop: 16, beside: {kind: smaller, kernel: bilinear, augmentation: [0.0, 0.5]}");
    try (VideoModel model = load(trained)) {
      assertThat(model.beside().map(Beside::text)).contains("smaller:bilinear:2:noised");
      assertThat(model.network().config().takes()).isEqualTo(6);
      byte[] clean = run(model, "{bridge: {kind: enlarge}}", small, 32);
      assertThat(clean).hasSize(3 * 4 * 32 * 32 * 4);
      assertThat(run(model, "{bridge: {kind: enlarge}, augmentation: 0.3}", small, 32))
          .isNotEqualTo(clean);
      // The level of a ratio: under this schedule alpha^2 / sigma^2 is 1 at the half.
      assertThat(run(model, "{bridge: {kind: enlarge}, snr: 1}", small, 32))
          .isEqualTo(run(model, "{bridge: {kind: enlarge}, augmentation: 0.5}", small, 32));
      assertThatThrownBy(() -> run(model, "{bridge: {kind: enlarge}}", small, 48))
          .isInstanceOf(UserError.class)
          .hasMessageContaining(
              "2 times as large, not 48x48 of 16x16: give its stage the size 32x32");
      assertThatThrownBy(() -> new TextToVideo(new Engine(model)).run(asked(32), Progress.NONE))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("a cascade shows it one by the bridge enlarge");
    }
  }

  @Test
  void aSlowVideoIsSeenAtThePlacesOfItsFrames() {
    Video slow = small(16);
    Path trained =
        train("tsr", "unet-tiny-ssr", 16, ", beside: {kind: slower, times: 2, fill: blank}");
    try (VideoModel model = load(trained)) {
      assertThat(model.beside().map(Beside::text)).contains("slower:2:blank");
      assertThat(run(model, "{bridge: {kind: repeat}}", slow, 16)).hasSize(3 * 8 * 16 * 16 * 4);
      assertThatThrownBy(() -> run(model, "{bridge: {kind: repeat, times: 3}}", slow, 16))
          .hasMessageContaining("makes 2 frames of one, not 3");
    }
  }

  @Test
  void knownFramesAreSeenAndStay() {
    Video slow = small(16);
    Path trained = train("up", "unet-tiny-pixels", 16, ", beside: {kind: known, skips: [2]}");
    try (VideoModel model = load(trained)) {
      assertThat(model.network().config().takes()).isEqualTo(7);
      Scopes.run(() -> {
        Tensor z = made(model, "{bridge: {kind: masked, times: 2, overlap: 1}}", slow, 16);
        Tensor known = new Engine(model).encode(slow);
        assertThat(z.size(2)).isEqualTo(7);
        for (int f = 0; f < 4; f++) {
          assertThat(Tensors.toBytes(z.narrow(2, 2L * f, 1).contiguous()))
              .isEqualTo(Tensors.toBytes(known.narrow(2, f, 1).contiguous()));
        }
        assertThat(z.narrow(2, 1, 1).sub(known.narrow(2, 0, 1)).abs().max().item_double())
            .isGreaterThan(0);
      });
      // Without known frames it makes a video from words.
      assertThat(new TextToVideo(new Engine(model)).run(asked(16), Progress.NONE).frames())
          .hasSize(4);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          smaller:area:2          | {bridge: {kind: masked}}                       | which the bridge enlarge shows it
          smaller:area:2          | {bridge: {kind: enlarge}, augmentation: 0.2}   | was not trained with noise
          slower:2:repeat:noised  | {bridge: {kind: repeat, times: 4}}             | makes 2 frames of one, not 4
          slower:2:repeat         | {bridge: {kind: enlarge}}                      | which the bridge repeat shows it
          known                   | {bridge: {kind: enlarge}}                      | which the bridge masked or none shows it
          mask                    | {bridge: {kind: masked}}                       | none of these
          """)
  void whatAModelWasNotTrainedToSeeIsRefused(String kind, String stage, String said) {
    Cascade cascade = Cascade.parse("c", "stages: [{}, %s]".formatted(stage));
    assertThatThrownBy(() -> Seen.requireCrossing(Beside.of(kind), cascade.stages().getLast()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(said);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          beside: {kind: smaller, times: 1}               | times must be 2 to 8
          beside: {kind: smaller, augmentation: [0.5]}    | augmentation is two levels
          beside: {kind: smaller, augmentation: [0.5, 0.1]} | augmentation is two levels
          beside: {kind: known, skips: []}                | skips are 2 to 64
          beside: {kind: slower, fill: none}              | repeat, blank
          crop: -1                                        | crop must be 0 to 4096
          crop: 64                                        | crop is 64, and clips are 16x16 there
          beside: {kind: smaller}, images: 2              | images beside clips
          """)
  void whatIsNoTrainingIsSaidInOneLine(String more, String said) {
    assertThatThrownBy(() -> train("bad", "unet-tiny-ssr", 16, ", " + more))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(said)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }
}
