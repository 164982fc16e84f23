package io.zoetrope.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.diffusion.FreeInit;
import io.zoetrope.diffusion.LowPass;
import io.zoetrope.diffusion.Plans;
import io.zoetrope.diffusion.sampler.FreeNoise;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Noise that is brought along, repeated, or made again, through the engine. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NoiseWaysTest {
  private VideoModel model;
  private VideoModel silent;

  @BeforeAll
  void load(@TempDir Path folder) {
    model = VideoModel.load(ModelChoice.of(TinyModel.write(folder.resolve("model")), "f32"));
    silent =
        VideoModel.load(ModelChoice.of(TinyModel.writeSilent(folder.resolve("silent")), "f32"));
  }

  @AfterAll
  void close() {
    model.close();
    silent.close();
  }

  private static List<VideoRequest> requests(int frames, int steps) {
    return List.of(
        TinyModel.request(1, frames, steps, "ddim"), TinyModel.request(2, frames, steps, "ddim"));
  }

  private static byte[] latents(Engine engine, List<VideoRequest> requests) {
    return Scopes.value(
        () -> Tensors.toBytes(new TextToVideo(engine).latents(requests, Progress.NONE)));
  }

  @Test
  void broughtNoiseIsWhatAVideoIsBornOf() {
    Scopes.run(() -> {
      List<VideoRequest> two = requests(3, 2);
      Engine plain = new Engine(model);
      Noise drawn =
          Job.of(Plans.textToVideo(plain.levels(2), 3), two, plain.canvas(two, 3)).noise();
      Tensor eps = drawn.normal("start", 0, plain.canvas(two, 3));
      byte[] expected = latents(plain, two);
      assertThat(latents(plain.withNoise(n -> n.with(Noise.Given.start(eps, 0))), two))
          .isEqualTo(expected);
      Tensor other = eps.flip(0);
      assertThat(latents(plain.withNoise(n -> n.with(Noise.Given.start(other, 0))), two))
          .isNotEqualTo(expected);
    });
  }

  @Test
  void freeNoiseRepeatsWhatIsPutIn() {
    Scopes.run(() -> {
      Engine engine =
          new Engine(silent).withNoise(new FreeNoise(2, 2, FreeNoise.Order.REPEATED)::over);
      List<VideoRequest> two = requests(6, 2);
      Tensor z = new TextToVideo(engine).latents(two, Progress.NONE);
      assertThat(Tensors.toBytes(z.narrow(2, 2, 2))).isEqualTo(Tensors.toBytes(z.narrow(2, 0, 2)));
      assertThat(Tensors.toBytes(z.narrow(2, 4, 2))).isEqualTo(Tensors.toBytes(z.narrow(2, 0, 2)));
    });
  }

  @Test
  void freeInitIsSamplingsOneAfterAnother() {
    Scopes.run(() -> {
      List<VideoRequest> two = requests(4, 2);
      FreeInit twice = new FreeInit(2, LowPass.USUAL, FreeInit.Pace.FULL);
      Engine plain = new Engine(model);
      Job job = Job.of(Plans.textToVideo(plain.levels(2), 4), two, plain.canvas(two, 4));
      Noise noise = job.noise();
      Tensor once = plain.run(job, Progress.NONE);
      Tensor eps =
          twice.noise(
              once,
              noise.normal("start", 0, once),
              noise.normal("freeinit", 1, once),
              model.denoiser().schedule());
      Tensor byHand =
          plain
              .withNoise(n -> n.child("freeinit", 1).with(Noise.Given.start(eps, 0)))
              .run(job, Progress.NONE);
      List<Long> done = new ArrayList<>();
      Tensor byEngine =
          plain
              .withFreeInit(twice)
              .run(job, report -> done.add(10 * report.total() + report.done()));
      assertThat(Tensors.toBytes(byEngine)).isEqualTo(Tensors.toBytes(byHand));
      assertThat(done).containsExactly(41L, 42L, 43L, 44L);
      FreeInit single = new FreeInit(1, LowPass.USUAL, FreeInit.Pace.FULL);
      assertThat(latents(plain.withFreeInit(single), two)).isEqualTo(Tensors.toBytes(once));
    });
  }

  @Test
  void heldFramesStayExactUnderFreeInit() {
    Scopes.run(() -> {
      List<VideoRequest> two = requests(4, 2);
      Engine engine =
          new Engine(model).withFreeInit(new FreeInit(3, LowPass.USUAL, FreeInit.Pace.FULL));
      Tensor given = Tensors.full(0.4, 2, 4, 4, 4, 4);
      Tensor z = engine.run(Job.of(Plans.animate(engine.levels(2), 4), two, given), Progress.NONE);
      assertThat(Tensors.toBytes(z.select(2, 0))).isEqualTo(Tensors.toBytes(given.select(2, 0)));
    });
  }

  @Test
  void coarseToFineTakesFewerSteps() {
    List<VideoRequest> two = requests(4, 6);
    Engine engine =
        new Engine(model)
            .withFreeInit(new FreeInit(3, LowPass.USUAL, FreeInit.Pace.COARSE_TO_FINE));
    Scopes.run(() -> {
      List<Long> totals = new ArrayList<>();
      new TextToVideo(engine).latents(two, report -> totals.add(report.total()));
      assertThat(totals).hasSize(2 + 4 + 6).containsOnly(12L);
      Job job = Job.of(Plans.animate(engine.levels(6), 4), two, engine.canvas(two, 4));
      assertThatThrownBy(() -> engine.run(job, Progress.NONE))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("take all steps");
    });
  }
}
