package io.zoetrope.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import io.zoetrope.Parity;
import io.zoetrope.diffusion.KarrasSchedule;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.error.UserError;
import io.zoetrope.network.vision.WholeSquare;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.TinyStableVideo;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.task.Animate;
import io.zoetrope.pipeline.task.FromPicture;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The whole pipeline of Stable Video Diffusion, tiny, against ours: four steps from the same noise.
 * Made by {@code reference/make_svd_pipelines.py}.
 */
class StableVideoPipelineTest {
  /** The mark of whole pipelines. */
  private static final double MARK = 1e-4;

  private static final double NOISE = 0.05;

  @TempDir Path temp;

  private static VideoRequest request(double guidance) {
    return new VideoRequest("", "", 0, 24, 16, 5, 7, 4, guidance, "euler-karras");
  }

  private static Noise brought(Noise noise, Tensor start) {
    return noise.with((use, draw, clip, frame) ->
        use.equals("start")
            ? Optional.of(start.select(0, clip).select(1, frame))
            : Optional.empty());
  }

  private void with(BiConsumer<Engine, Parity> test) {
    Path directory = TinyStableVideo.directory(temp);
    try (Parity parity = Parity.of("svd_pipelines/svd");
        VideoModel model = VideoModel.load(ModelChoice.of(directory, "f32"))) {
      Scopes.run(() -> {
        Conditioning told = Conditioning.none().with(Conditioning.MOTION, Tensors.full(100, 1));
        Engine engine =
            new Engine(model)
                .withNoise(noise -> brought(noise, parity.get("noise")))
                .withTold(told);
        test.accept(engine, parity);
      });
    }
  }

  private static ShownPicture picture(Parity parity) {
    Tensor x_3HW = Ops.add(Ops.mul(parity.get("picture").to(ScalarType.Float), 2 / 255.0), -1);
    return new ShownPicture(
        x_3HW, x_3HW.add(Ops.mul(parity.get("beside").squeeze(0), NOISE)), NOISE);
  }

  private static Tensor made(Engine engine, Parity parity, double first, double last) {
    return new FromPicture(picture(parity))
        .latents(engine.withFirstGuidance(first), List.of(request(last)), Progress.NONE);
  }

  /** Guidance that falls is judged frame by frame; the reference once judged it by its last. */
  @ParameterizedTest
  @CsvSource({"rising, 1, 3", "falling, 2, 1.2", "off, 1, 1"})
  void aPictureMoves(String name, double first, double last) {
    with((engine, parity) ->
        parity.check("latents." + name, made(engine, parity, first, last), MARK));
  }

  @Test
  void itsPixelsAreTheReferences() {
    with((engine, parity) -> {
      Tensor z = made(engine, parity, 1, 3);
      Tensor x = Ops.clamp(Ops.add(Ops.mul(engine.pixels(z), 0.5), 0.5), 0, 1);
      parity.check("video", x, MARK);
    });
  }

  /** What nobody says is as diffusers has it. */
  @Test
  void theUsualIsTheReferences() {
    with((engine, parity) -> {
      assertThat(engine.model().defaults().firstGuidance()).contains(1.0);
      assertThat(engine.model().defaults().guidance()).isEqualTo(3);
      assertThat(engine.model().defaults().frames()).isEqualTo(5);
      assertThat(engine.model().defaults().fps()).isEqualTo(7);
      assertThat(engine.model().defaults().sampler()).isEqualTo("euler-karras");
      Tensor usual =
          new FromPicture(picture(parity)).latents(engine, List.of(request(3)), Progress.NONE);
      parity.check("latents.rising", usual, MARK);
    });
  }

  /**
   * Two clips of one batch are those of two batches, up to rounding: twice as many rows are another
   * shape to the kernels (with AVX2 alone 2.5e-5 after three steps).
   */
  @Test
  void aBatchOfTwoIsTwoBatchesOfOne() {
    with((engine, parity) -> {
      Engine drawn = new Engine(engine.model());
      FromPicture task = new FromPicture(picture(parity));
      VideoRequest one = request(3).withSeed(5);
      VideoRequest other = request(3).withSeed(6);
      Tensor both = task.latents(drawn, List.of(one, other), Progress.NONE);
      Tensor first = task.latents(drawn, List.of(one), Progress.NONE);
      Tensor second = task.latents(drawn, List.of(other), Progress.NONE);
      assertThat(Parity.distance(both.narrow(0, 0, 1), first)).isLessThan(5e-5);
      assertThat(Parity.distance(both.narrow(0, 1, 1), second)).isLessThan(5e-5);
    });
  }

  /** Any sampler walks the noise that the network is told; those of timesteps are refused. */
  @Test
  void samplersFitTheNoise() {
    with((engine, parity) -> {
      Tensor euler = sampled(engine, parity, "euler-karras", 40);
      for (String sampler : List.of("euler", "heun", "dpm++2m-karras", "ddim", "unipc")) {
        Tensor other = sampled(engine, parity, sampler, 40);
        double apart = Parity.distance(other, euler);
        assertThat(apart).as(sampler).isLessThan(0.2);
      }
      for (String sampler : List.of("pndm", "lcm", "unclip")) {
        assertThatThrownBy(() -> sampled(engine, parity, sampler, 4))
            .isInstanceOf(UserError.class)
            .hasMessageContaining("told the noise itself");
      }
    });
  }

  private static Tensor sampled(Engine engine, Parity parity, String sampler, int steps) {
    VideoRequest by = new VideoRequest("", "", 0, 24, 16, 5, 7, steps, 1, sampler);
    return new FromPicture(picture(parity)).latents(engine, List.of(by), Progress.NONE);
  }

  /** The noise itself is what diffusers says, and what frames of any level are told. */
  @Test
  void theNoiseIsEdms() {
    with((engine, parity) -> {
      NoiseSchedule noise = engine.model().scheduling().toSchedule();
      assertThat(noise).isEqualTo(new KarrasSchedule(0.002, 700, 7));
      assertThat(noise.timestepInput(1)).isCloseTo(0.25 * Math.log(700), offset(1e-12));
      assertThat(noise.timestepInput(0)).isCloseTo(0.25 * Math.log(0.002), offset(1e-12));
      assertThat(engine.model().scheduling().describe()).isEqualTo("edm 0.002-700.0");
    });
  }

  /** A plan holds a frame by its level: the picture stays to the bit, and is shown as well. */
  @Test
  void aHeldFrameIsThePicture() {
    with((engine, parity) -> {
      Tensor given = engine.encode(picture(parity).picture_3HW().unsqueeze(0).unsqueeze(2));
      Tensor held = new Animate(given, 0).latents(engine, List.of(request(3)), Progress.NONE);
      assertThat(Tensors.toFloats(held.narrow(2, 0, 1))).isEqualTo(Tensors.toFloats(given));
      assertThat(Ops.mean(held.isfinite().to(ScalarType.Float), 0, 1, 2, 3, 4).item_double())
          .isEqualTo(1);
    });
  }

  /** A whole picture, made larger and smaller, as the reference shows it to CLIP. */
  @Test
  void squaresAreTheReferences() {
    try (Parity parity = Parity.of("svd_pipelines/svd")) {
      Scopes.run(() -> {
        Tensor square = WholeSquare.of(picture(parity).picture_3HW().unsqueeze(0), 224);
        parity.check("square", every16th(square));
        double[] values = new double[3 * 301 * 460];
        for (int i = 0; i < values.length; i++) {
          values[i] = Math.sin(i);
        }
        Tensor large = Tensors.of(values, 1, 3, 301, 460).to(ScalarType.Float);
        parity.check("shrunk", every16th(WholeSquare.of(large, 224)));
      });
    }
  }

  private static Tensor every16th(Tensor x) {
    return x.reshape(1, 3, 14, 16, 14, 16).select(5, 0).select(3, 0);
  }
}
