package io.zoetrope.pipeline.cascade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.diffusion.guidance.Downsampling;
import io.zoetrope.diffusion.guidance.ReconstructionGuidance.Activations;
import io.zoetrope.diffusion.guidance.ReconstructionWeight;
import io.zoetrope.error.UserError;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Video;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.TextToVideo;
import io.zoetrope.pipeline.TinyModel;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.Size;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.task.HigherRate;
import io.zoetrope.pipeline.task.Refine;
import io.zoetrope.pipeline.task.SuperResolve;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A cascade is, to the last bit, what its stages make one after another. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CascadeRunTest {
  private static final VideoRequest ASKED = TinyModel.request(5, 3, 3, "flow-euler");
  private static final Stage WORDS = Stage.of(Optional.empty(), new Bridge.None());

  private VideoModel model;
  private VideoModel other;

  @BeforeAll
  void load(@TempDir Path folder) {
    model = VideoModel.load(ModelChoice.of(TinyModel.write(folder.resolve("model")), "f32"));
    other = VideoModel.load(ModelChoice.of(TinyModel.writeSilent(folder.resolve("other")), "f32"));
  }

  @AfterAll
  void free() {
    model.close();
    other.close();
  }

  private Engine engine(Optional<String> name) {
    return new Engine(name.isPresent() ? other : model);
  }

  private byte[] run(Cascade cascade, Optional<Video> begun) {
    return Scopes.value(() ->
        Tensors.toBytes(
            new CascadeRun(this::engine)
                .run(cascade, ASKED, begun.map(Handed.Film::new), Progress.NONE)
                .z_1CFHW()));
  }

  private Video words() {
    return new TextToVideo(new Engine(model)).run(ASKED, Progress.NONE);
  }

  private static Stage sized(Bridge bridge) {
    return Stage.of(Optional.empty(), bridge).withSize(new Size(32, 32));
  }

  private static byte[] bytes(java.util.function.Supplier<Tensor> latents) {
    return Scopes.value(() -> Tensors.toBytes(latents.get()));
  }

  private static Tensor pixels(Video video) {
    return FrameTensors.toTensor(video).unsqueeze(0);
  }

  @Test
  void startNoiseIsRefine() {
    byte[] cascade =
        run(
            Cascade.of(WORDS, sized(new Bridge.StartNoise(0.6, Bridge.Where.PIXELS, 1))),
            Optional.empty());
    Video small = words();
    byte[] byHand =
        bytes(() ->
            new Refine(new Refine.Pixels(pixels(small)), 0.6, 1)
                .latents(new Engine(model), List.of(ASKED.withSize(32, 32)), Progress.NONE));
    assertThat(cascade).isEqualTo(byHand);
  }

  @Test
  void maskedIsAHigherRate() {
    byte[] cascade =
        run(
            Cascade.of(WORDS, Stage.of(Optional.empty(), new Bridge.Masked(3, 1))),
            Optional.empty());
    Video slow = words();
    byte[] byHand =
        bytes(() -> {
          Engine engine = new Engine(model);
          return new HigherRate(engine.encode(pixels(slow)), 3, 1)
              .latents(engine, List.of(ASKED.withFps(3 * ASKED.fps())), Progress.NONE);
        });
    assertThat(cascade).isEqualTo(byHand);
    Scopes.run(() -> {
      CascadeRun.Take take =
          new CascadeRun(this::engine)
              .run(
                  Cascade.of(Stage.of(Optional.empty(), new Bridge.Masked(3, 1))),
                  ASKED,
                  Optional.of(new Handed.Film(slow)),
                  Progress.NONE);
      assertThat(take.request().fps()).isEqualTo(3 * ASKED.fps());
      assertThat(take.z_1CFHW().size(2)).isEqualTo(7);
    });
  }

  @Test
  void enlargeGuidesANetworkThatSeesNothingBeside() {
    byte[] cascade =
        run(
            Cascade.of(WORDS, sized(new Bridge.Enlarge(Downsampling.AREA, Optional.of(1.5), 1))),
            Optional.empty());
    Video small = words();
    byte[] byHand =
        bytes(() ->
            new SuperResolve(
                    pixels(small),
                    1,
                    Downsampling.AREA,
                    ReconstructionWeight.constant(1.5),
                    Activations.RECOMPUTED)
                .latents(new Engine(model), List.of(ASKED.withSize(32, 32)), Progress.NONE));
    assertThat(cascade).isEqualTo(byHand);
  }

  @Test
  void lateIsThatEnginesSecondModel() {
    byte[] cascade =
        run(
            Cascade.of(WORDS, Stage.of(Optional.of("other"), new Bridge.Late(0.5))),
            Optional.empty());
    byte[] byHand =
        bytes(() ->
            new TextToVideo(new Engine(model).withLate(other, 0.5))
                .latents(List.of(ASKED), Progress.NONE));
    assertThat(cascade).isEqualTo(byHand);
  }

  @Test
  void eachStageCanRunAlone() {
    Stage larger = sized(new Bridge.StartNoise(0.5, Bridge.Where.LATENTS, 1));
    Cascade whole = Cascade.of(WORDS, larger);
    assertThat(run(whole.part(1, 2), Optional.of(words()))).isEqualTo(run(whole, Optional.empty()));
    assertThatThrownBy(() -> run(whole, Optional.of(words())))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("begins from words");
    assertThatThrownBy(() -> run(whole.part(1, 2), Optional.empty()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("begins with a video");
  }

  /** The second of a kind would else be born of the very same noise. */
  @Test
  void twoStagesOfAKindHaveNoiseOfTheirOwn() {
    Stage again = Stage.of(Optional.empty(), new Bridge.StartNoise(1, Bridge.Where.PIXELS, 1));
    byte[] once = run(Cascade.of(WORDS, again), Optional.empty());
    byte[] twice = run(Cascade.of(WORDS, again, again), Optional.empty());
    assertThat(twice).isNotEqualTo(once);
    assertThat(run(Cascade.of(WORDS, again, again), Optional.empty())).isEqualTo(twice);
  }

  @Test
  void framesMayShareTheirNoise() {
    Stage shared =
        new Stage(
            Optional.of("silent"),
            new Bridge.None(),
            0,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Stage.Sharing.ONE,
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    Scopes.run(() -> {
      Tensor z =
          new CascadeRun(this::engine)
              .run(Cascade.of(shared), ASKED, Optional.empty(), Progress.NONE)
              .z_1CFHW();
      // The silent model leaves the noise as it is.
      assertThat(Tensors.toBytes(z.select(2, 2).contiguous()))
          .isEqualTo(Tensors.toBytes(z.select(2, 0).contiguous()));
    });
    assertThat(run(Cascade.of(shared), Optional.empty()))
        .isNotEqualTo(
            run(Cascade.of(Stage.of(Optional.of("silent"), new Bridge.None())), Optional.empty()));
  }

  /** What is made again in part is noised, and by one noise if that is asked for. */
  @Test
  void whatIsRefinedCanShareItsNoise() {
    String refined = "stages: [{}, {bridge: {kind: start-noise, strength: 0.5}%s}]";
    byte[] own = run(Cascade.parse("c", refined.formatted("")), Optional.empty());
    byte[] one = run(Cascade.parse("c", refined.formatted(", noise: one")), Optional.empty());
    assertThat(one).isNotEqualTo(own);
  }

  /** Guidance as said at the first steps, then off and on in turn, told by the step's level. */
  @Test
  void guidanceOscillates() {
    Cascade all = Cascade.parse("c", "stages: [{oscillate: 3}]");
    assertThat(run(all, Optional.empty())).isEqualTo(run(Cascade.of(WORDS), Optional.empty()));
    byte[] some = run(Cascade.parse("c", "stages: [{oscillate: 1}]"), Optional.empty());
    assertThat(some).isNotEqualTo(run(Cascade.of(WORDS), Optional.empty()));
    assertThat(run(Cascade.parse("c", "stages: [{oscillate: 0, guidance: 1}]"), Optional.empty()))
        .isEqualTo(run(Cascade.parse("c", "stages: [{guidance: 1}]"), Optional.empty()));
  }

  @Test
  void latentsHaveNoThreshold() {
    Cascade cascade = Cascade.parse("c", "stages: [{threshold: {percentile: 0.95}}]");
    assertThatThrownBy(() -> run(cascade, Optional.empty()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("this one works on latents");
  }

  @Test
  void windowsOverlapAndAreAveraged() {
    Cascade cascade = Cascade.parse("c", "stages: [{frames: 5, windows: {frames: 3, overlap: 2}}]");
    byte[] byHand =
        bytes(() ->
            new TextToVideo(
                    new Engine(model)
                        .withContext(new io.zoetrope.diffusion.guidance.ContextWindows.Shape(3, 2)))
                .latents(List.of(ASKED.withFrames(5)), Progress.NONE));
    assertThat(run(cascade, Optional.empty())).isEqualTo(byHand);
  }

  @Test
  void whatWouldBeWithoutEffectIsRefused() {
    Stage noised =
        new Stage(
            Optional.empty(),
            new Bridge.Enlarge(Downsampling.AREA, Optional.empty(), 1),
            0.2,
            Optional.empty(),
            Optional.of(new Size(32, 32)),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Stage.Sharing.EACH,
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    assertThatThrownBy(() -> run(Cascade.of(WORDS, noised), Optional.empty()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("leave augmentation out");
    Stage repeat = Stage.of(Optional.empty(), new Bridge.Repeat(2));
    assertThatThrownBy(() -> run(Cascade.of(WORDS, repeat), Optional.empty()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("the bridge masked raises the rate with any model");
    Stage larger = sized(new Bridge.StartNoise(0.5, Bridge.Where.PIXELS, 1));
    Stage smaller = Stage.of(Optional.empty(), new Bridge.Masked(2, 1)).withSize(new Size(16, 16));
    assertThatThrownBy(() -> run(Cascade.of(WORDS, larger, smaller), Optional.empty()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("a cascade makes videos larger");
  }

  @Test
  void progressRisesOverAllStages() {
    List<Long> done = new ArrayList<>();
    List<Long> totals = new ArrayList<>();
    Progress progress =
        report -> {
          if (report.phase() == Phase.SAMPLE) {
            done.add(report.done());
            totals.add(report.total());
          }
        };
    Scopes.run(() ->
        new CascadeRun(this::engine)
            .run(
                Cascade.of(WORDS, sized(new Bridge.StartNoise(1, Bridge.Where.PIXELS, 1))),
                ASKED,
                Optional.empty(),
                progress));
    long[] rising = done.stream().mapToLong(Long::longValue).toArray();
    assertThat(rising).isEqualTo(Arrays.stream(rising).sorted().distinct().toArray());
    assertThat(totals.getLast()).isEqualTo(done.getLast());
  }
}
