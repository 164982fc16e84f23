package io.zoetrope.pipeline.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.diffusion.Course;
import io.zoetrope.diffusion.Plans;
import io.zoetrope.diffusion.PromptCues;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.media.Fit;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Png;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoWriter;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.Guide;
import io.zoetrope.pipeline.TinyModel;
import io.zoetrope.pipeline.cascade.Bridge;
import io.zoetrope.pipeline.cascade.Cascade;
import io.zoetrope.pipeline.cascade.CascadeRun;
import io.zoetrope.pipeline.cascade.Stage;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.schedule.Descent;
import io.zoetrope.pipeline.task.Travel.Turn;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Timings;
import io.zoetrope.torch.Scopes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is drawn of a task is the plan by which it is sampled. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlanThatRunsTest {
  private static final int CLIP = 6;
  private static final int OVERLAP = 2;

  private Path folder = Path.of("");
  private final Path weights = TinyModel.write(temporary());
  private VideoModel model = VideoModel.load(ModelChoice.of(weights));

  private static Path temporary() {
    try {
      return java.nio.file.Files.createTempDirectory("zoetrope-plan");
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @BeforeAll
  void furnish(@TempDir Path shared) {
    folder = shared;
    Png.write(folder.resolve("ball.png"), picture(90));
    List<Frame> frames = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      frames.add(picture(20 * i));
    }
    VideoWriter.write(folder.resolve("ball"), new Video(frames, 8));
  }

  @AfterAll
  void close() {
    model.close();
  }

  private static Frame picture(int level) {
    byte[] rgb = new byte[16 * 16 * 3];
    Arrays.fill(rgb, (byte) level);
    return new Frame(16, 16, rgb);
  }

  static Stream<Class<?>> tasks() {
    return VideoOrderTest.tasks();
  }

  static Map<Class<?>, TaskSpec> specs() {
    SourceRef picture = SourceRef.of(Path.of("ball.png"));
    SourceRef video = SourceRef.of(Path.of("ball"));
    Join join = new Join(Optional.of(CLIP), OVERLAP);
    Map<Class<?>, TaskSpec> specs = new LinkedHashMap<>();
    specs.put(GenerateSpec.class, GenerateSpec.usual());
    specs.put(
        AnimateSpec.class, new AnimateSpec(picture, Fit.CROP, 0.1, Course.FALL, Optional.empty()));
    specs.put(InterpolateSpec.class, new InterpolateSpec(picture, picture, Fit.CROP));
    specs.put(LoopSpec.class, new LoopSpec(picture, Fit.CROP, 0.3, Course.WAIT));
    specs.put(ExtendSpec.class, new ExtendSpec(video, Fit.CROP, 0, join));
    specs.put(RestyleSpec.class, new RestyleSpec(video, Fit.CROP, 0, 0.5, join, Optional.empty()));
    specs.put(
        RefineSpec.class,
        new RefineSpec(
            Optional.of(video),
            Fit.CROP,
            0,
            Optional.empty(),
            Optional.of(0.3),
            Bridge.Where.PIXELS,
            Optional.empty(),
            join));
    specs.put(
        CascadeSpec.class,
        CascadeSpec.of(
            Cascade.of(
                Stage.of(Optional.empty(), new Bridge.None()),
                Stage.of(
                    Optional.empty(), new Bridge.StartNoise(0.5, Bridge.Where.PIXELS, OVERLAP))),
            Optional.empty()));
    specs.put(
        TravelSpec.class,
        new TravelSpec(
            new PromptCues(List.of(0L, 7L), 3), Turn.BETWEEN_CLIPS, join, Optional.empty()));
    specs.put(RollSpec.class, new RollSpec(PromptCues.single(), Optional.of(CLIP), OVERLAP));
    return specs;
  }

  /** Writes down what is sampled. */
  private record Recorder(List<TimestepPlan> plans) implements Guide {
    @Override
    public X0Denoiser wrap(
        X0Denoiser denoiser, TimestepPlan plan, Tensor given_BCFHW, Noise noise) {
      plans.add(plan);
      return denoiser;
    }
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void isTheOneThatIsDrawn(Class<?> task) {
    assertThat(specs()).containsKey(task);
    TaskSpec spec = Objects.requireNonNull(specs().get(task));
    boolean travels = task == TravelSpec.class;
    Wish wish =
        (travels ? Wish.of("a red ball", "a blue ball") : Wish.of("a red ball"))
            .withSeed(3)
            .withSteps(5);
    boolean clip = List.of(GenerateSpec.class, AnimateSpec.class, CascadeSpec.class).contains(task);
    boolean between = task == InterpolateSpec.class || task == LoopSpec.class;
    Wish whole = clip || between ? wish.withFrames(CLIP) : wish.withFrames(16);
    spec.check(whole);
    SourceFiles files = new SourceFiles(Sources.in(folder));
    VideoOrder order = new VideoOrder(spec, whole, ModelRef.of(weights.toString()), Tuning.NONE);
    TaskSpec.Ready ready = spec.ready(order, files);
    VideoRequest request = ready.request(whole.usual(model.defaults()), model);
    Recorder recorder = new Recorder(new ArrayList<>());
    Engine engine = new Engine(model).withGuide(recorder);
    List<Frame> frames = new ArrayList<>();
    Scopes.run(() ->
        ready
            .read(
                new Making(
                    engine,
                    engine,
                    name -> engine,
                    request,
                    false,
                    files,
                    List.of(),
                    new References(List.of(), files),
                    line -> {},
                    line -> {},
                    CascadeRun.Watch.NONE,
                    Progress.NONE))
            .run(new Reel(sink(frames), new Timings()), Progress.NONE));
    assertThat(frames).isNotEmpty();
    TimestepPlan drawn =
        spec.plan(engine.descent(request), model.grid(), drawnFrames(spec, request));
    if (spec instanceof RollSpec roll) {
      assertThat(rolled(roll, engine.descent(request), 16)).isEqualTo(drawn);
    } else {
      assertThat(recorder.plans()).contains(drawn);
    }
  }

  private static int drawnFrames(TaskSpec spec, VideoRequest request) {
    return spec instanceof RollSpec ? 16 : request.frames();
  }

  /** The turns of a window, one below the other: those that its loop makes, of the same levels. */
  private static TimestepPlan rolled(RollSpec roll, Descent descent, int frames) {
    int window = roll.clip().orElseThrow() - roll.context();
    int perFrame = Plans.stepsPerFrame(window, descent.steps());
    double[] levels = descent.samplings().apply(window * perFrame).levels();
    TimestepPlan begin = Plans.warmUp(levels, window);
    TimestepPlan turn = Plans.movingWindow(levels, window);
    List<double[]> rows = new ArrayList<>();
    for (int row = 0; row <= begin.steps(); row++) {
      rows.add(spread(begin.row(row), 0, frames));
    }
    for (int first = 0; first < frames; first++) {
      for (int row = 1; row <= turn.steps(); row++) {
        rows.add(spread(turn.row(row), first, frames));
      }
    }
    return TimestepPlan.of(rows.toArray(double[][]::new), new boolean[frames]);
  }

  /** The levels of a window in those of the whole: done before it, noise behind it. */
  private static double[] spread(double[] window, int first, int frames) {
    double[] row = new double[frames];
    Arrays.fill(row, 1);
    Arrays.fill(row, 0, first, 0);
    for (int i = 0; i < window.length && first + i < frames; i++) {
      row[first + i] = window[i];
    }
    return row;
  }

  private static FrameSink sink(List<Frame> frames) {
    return new FrameSink() {
      @Override
      public void begin(Shot shot) {}

      @Override
      public void frame(Frame frame) {
        frames.add(frame);
      }
    };
  }
}
