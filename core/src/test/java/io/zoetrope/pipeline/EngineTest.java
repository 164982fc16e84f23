package io.zoetrope.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Plans;
import io.zoetrope.diffusion.PromptCues;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.guidance.ClassifierFreeGuidance;
import io.zoetrope.diffusion.guidance.PromptBlend;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.diffusion.sampler.SamplerLoop;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Video;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.schedule.Sampling;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EngineTest {
  private VideoModel model;
  private Engine engine;

  @BeforeAll
  void load(@TempDir Path folder) {
    model = VideoModel.load(ModelChoice.of(TinyModel.write(folder.resolve("model")), "f32"));
    engine = new Engine(model);
  }

  @AfterAll
  void close() {
    model.close();
  }

  private static Tensor content(int batch, int frames) {
    try (RandomStream stream = new RandomStreams(4).stream("content")) {
      return stream.normal(batch, 4, frames, 4, 4);
    }
  }

  private static byte[] frame(Tensor z, long frame) {
    return Tensors.toBytes(z.select(2, frame));
  }

  /** Text to video as it was before there was an engine: parts put together by hand. */
  @ParameterizedTest
  @FieldSource("io.zoetrope.pipeline.schedule.Samplers#NAMES")
  void textToVideoIsWhatItsPartsMake(String sampler) {
    List<VideoRequest> requests =
        List.of(TinyModel.request(1, 3, 3, sampler), TinyModel.request(2, 3, 3, sampler));
    Scopes.run(() -> {
      Sampling sampling = model.scheduling().sampling(sampler, 3);
      NoiseSchedule schedule = sampling.schedule();
      List<String> prompts = requests.stream().map(VideoRequest::prompt).toList();
      Conditioning positive = model.condition(prompts);
      X0Denoiser guided =
          new ClassifierFreeGuidance(model.denoiser(), model.condition(List.of("", "")), 3);
      TimestepPlan plan = TimestepPlan.uniform(sampling.levels(), 3);
      Noise noise =
          new Noise(
              requests.stream().map(r -> new RandomStreams(r.seed()).child("clip", 0)).toList(), 0);
      Tensor start = SamplerLoop.start(plan, schedule, Tensors.zeros(2, 4, 3, 4, 4), noise);
      Tensor byHand =
          new SamplerLoop(sampling.sampler(), PromptBlend.of(guided, positive))
              .run(plan, start, noise, Progress.NONE);
      Tensor byEngine = new TextToVideo(engine).latents(requests, Progress.NONE);
      assertThat(Tensors.toBytes(byEngine)).isEqualTo(Tensors.toBytes(byHand));
    });
  }

  @ParameterizedTest
  @FieldSource("io.zoetrope.pipeline.schedule.Samplers#NAMES")
  void whatIsHeldIsExactUnderEveryGuide(String sampler) {
    List<VideoRequest> one = List.of(TinyModel.request(1, 4, 3, sampler));
    Scopes.run(() -> {
      Tensor given = content(1, 4);
      TimestepPlan plan = Plans.interpolate(engine.levels(3), 4);
      for (Guide guide : List.of(Guide.NONE, Guide.replacement(), Guide.reconstruction(2))) {
        Tensor z = engine.withGuide(guide).run(Job.of(plan, one, given), Progress.NONE);
        for (int f = 0; f < 4; f++) {
          assertThat(java.util.Arrays.equals(frame(z, f), frame(given, f)))
              .as("%s, frame %d", guide, f)
              .isEqualTo(f == 0 || f == 3);
        }
        for (float x : Tensors.toFloats(z)) {
          assertThat(x).isFinite();
        }
      }
    });
  }

  @Test
  void guidesDiffer() {
    List<VideoRequest> one = List.of(TinyModel.request(1, 4, 3, "ddim"));
    Scopes.run(() -> {
      Job job = Job.of(Plans.extend(engine.levels(3), 4, 2), one, content(1, 4));
      byte[] held = frame(engine.run(job, Progress.NONE), 3);
      byte[] replaced = frame(engine.withGuide(Guide.replacement()).run(job, Progress.NONE), 3);
      byte[] guided = frame(engine.withGuide(Guide.reconstruction(2)).run(job, Progress.NONE), 3);
      assertThat(replaced).isNotEqualTo(held);
      assertThat(guided).isNotEqualTo(held).isNotEqualTo(replaced);
      Job free = Job.of(Plans.textToVideo(engine.levels(3), 4), one, content(1, 4));
      assertThat(
              Tensors.toBytes(engine.withGuide(Guide.reconstruction(2)).run(free, Progress.NONE)))
          .as("nothing is held")
          .isEqualTo(Tensors.toBytes(engine.run(free, Progress.NONE)));
    });
  }

  @Test
  void aFramesPromptIsItsOwn() {
    List<VideoRequest> one = List.of(TinyModel.request(1, 4, 1, "ddim"));
    Scopes.run(() -> {
      TimestepPlan plan = Plans.textToVideo(engine.levels(1), 4);
      Tensor nothing = engine.canvas(one, 4);
      Tensor first = run(plan, one, List.of("a red ball"), nothing);
      Tensor second = run(plan, one, List.of("a blue ball"), nothing);
      TimestepPlan both = plan.withPrompts(new PromptCues(List.of(0L, 2L), 0).track(0, 4));
      Tensor mixed = run(both, one, List.of("a red ball", "a blue ball"), nothing);
      for (int f = 0; f < 4; f++) {
        assertThat(frame(mixed, f)).isEqualTo(frame(f < 2 ? first : second, f));
      }
    });
  }

  private Tensor run(
      TimestepPlan plan, List<VideoRequest> requests, List<String> prompts, Tensor content) {
    return engine.run(
        new Job(plan, requests, List.of(prompts), content, "clip", 0, 0), Progress.NONE);
  }

  @Test
  void aSecondModelTakesTheLateSteps(@TempDir Path folder) {
    try (VideoModel silent =
        VideoModel.load(ModelChoice.of(TinyModel.writeSilent(folder.resolve("s")), "f32"))) {
      VideoRequest request = TinyModel.request(1, 3, 4, "ddim");
      byte[] first = latents(engine, request);
      byte[] second = latents(new Engine(silent), request);
      assertThat(latents(engine.withLate(silent, 0), request)).isEqualTo(first);
      assertThat(latents(engine.withLate(silent, 1), request)).isEqualTo(second);
      assertThat(latents(engine.withLate(silent, 0.5), request))
          .isNotEqualTo(first)
          .isNotEqualTo(second);
      assertThat(latents(engine.withLate(model, 0.5), request)).as("the same").isEqualTo(first);
      assertThatThrownBy(() -> engine.withLate(silent, 2))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("a level in [0, 1], not 2");
    }
  }

  private static byte[] latents(Engine engine, VideoRequest request) {
    return Scopes.value(
        () -> Tensors.toBytes(new TextToVideo(engine).latents(List.of(request), Progress.NONE)));
  }

  @Test
  void longVideosAreDecodedInStretches() {
    Scopes.run(() -> {
      Tensor z = content(1, 150);
      Tensor x = engine.pixels(z);
      assertThat(Tensors.shape(x)).containsExactly(1, 3, 150, 16, 16);
      assertThat(Tensors.shape(engine.encode(x))).containsExactly(1, 4, 150, 4, 4);
      Tensor one = engine.pixels(z.narrow(2, 130, 1));
      assertThat(one.sub(x.narrow(2, 130, 1)).abs().max().item_double()).isLessThan(1e-5);
    });
  }

  @Test
  void whatDoesNotFitIsRefusedInOneLine() {
    List<VideoRequest> one = List.of(TinyModel.request(1, 4, 2, "ddim"));
    Scopes.run(() -> {
      TimestepPlan plan = Plans.animate(engine.levels(2), 4);
      assertThatThrownBy(
              () -> engine.run(Job.of(plan, one, Tensors.zeros(1, 4, 4, 8, 4)), Progress.NONE))
          .isInstanceOf(UserError.class)
          .hasMessage("what is given has 16x32 pixels, the video 16x16: make them agree");
      assertThatThrownBy(
              () -> engine.run(Job.of(plan, one, Tensors.zeros(1, 3, 4, 4, 4)), Progress.NONE))
          .hasMessageContaining("no latents of this model: [1, 3, 4, 4, 4]");
      assertThatThrownBy(() -> Job.of(plan, one, Tensors.zeros(1, 4, 3, 4, 4)))
          .hasMessageContaining("1 clips of 4 frames");
      assertThatThrownBy(
              () -> engine.encode(new Video(List.of(new Frame(17, 16, new byte[17 * 16 * 3])), 8)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("nearest to 17x16 is 16x16");
    });
  }

  /**
   * Long videos go through the autoencoder in stretches; those of one batch are counted together.
   */
  @Test
  void pixelsAndLatentsAreToldStretchByStretch() {
    Scopes.run(() -> {
      Tensor z = content(2, 130);
      List<Report> seen = new ArrayList<>();
      Tensor x = engine.pixels(z, seen::add);
      assertThat(Tensors.toBytes(x)).isEqualTo(Tensors.toBytes(engine.pixels(z)));
      assertThat(seen).extracting(Report::phase).containsOnly(Phase.DECODE);
      assertThat(seen).extracting(Report::done).containsExactly(128L, 256L, 260L);
      assertThat(seen).extracting(Report::total).containsOnly(260L);
      assertThat(seen).extracting(Report::firstFrame).containsExactly(0L, 64L, 128L);
      seen.clear();
      Progress once =
          new Progress() {
            @Override
            public void update(Report report) {
              seen.add(report);
            }

            @Override
            public boolean cancelled() {
              return !seen.isEmpty();
            }
          };
      assertThatThrownBy(() -> engine.encode(x, once)).isInstanceOf(CancellationException.class);
      assertThat(seen).extracting(Report::phase).containsExactly(Phase.ENCODE);
    });
  }

  /** Frames of 512x512 come four at a time, and those that nobody waits for are never decoded. */
  @Test
  void largeFramesAreHandedOverWhileOthersAreDecoded() {
    List<Frame> taken = new ArrayList<>();
    Progress progress =
        new Progress() {
          @Override
          public void update(Report report) {
            assertThat(report.done()).isEqualTo(taken.size() + 4);
          }

          @Override
          public boolean cancelled() {
            return taken.size() >= 8;
          }
        };
    Scopes.run(() -> {
      Tensor z = Tensors.zeros(1, 4, 11, 128, 128);
      assertThatThrownBy(() -> engine.decode(z, taken::add, progress))
          .isInstanceOf(CancellationException.class)
          .hasMessage("cancelled after 0 of 3");
    });
    assertThat(taken).hasSize(8);
  }

  @Test
  void aVideoIsSampledAndThenDecoded() {
    List<Phase> seen = new ArrayList<>();
    new TextToVideo(engine)
        .run(TinyModel.request(1, 3, 2, "flow-euler"), report -> seen.add(report.phase()));
    assertThat(seen).containsExactly(Phase.SAMPLE, Phase.SAMPLE, Phase.DECODE);
  }
}
