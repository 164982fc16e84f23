package io.zoetrope.pipeline.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.PromptCues;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.diffusion.guidance.Downsampling;
import io.zoetrope.diffusion.guidance.ReconstructionGuidance;
import io.zoetrope.diffusion.guidance.ReconstructionWeight;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.Guide;
import io.zoetrope.pipeline.Inversion;
import io.zoetrope.pipeline.TinyModel;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.schedule.Samplers;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What every task promises with every sampler, on a model of random weights. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TaskContractTest {
  private static final int STEPS = 2;

  /** A frame of the content that tests give: content is made for 8 frames, a batch of 1. */
  private static Tensor content(int first, int frames) {
    try (RandomStream stream = new RandomStreams(4).stream("content")) {
      return stream.normal(1, 4, 8, 4, 4).narrow(2, first, frames);
    }
  }

  /**
   * One task as the contract sees it.
   *
   * @param clip frames of the request
   * @param frames of the result
   * @param held frames of the result -> frames of {@link #content} that they are to the bit
   */
  record Case(int clip, int frames, Map<Integer, Integer> held, Supplier<VideoTask> make) {}

  private static final List<List<String>> TWO = List.of(List.of("a red ball", "a blue ball"));

  static final Map<String, Case> CASES = new TreeMap<>();

  static {
    CASES.put("animate", new Case(3, 3, Map.of(0, 0), () -> new Animate(content(0, 1), 0)));
    CASES.put(
        "animate from two",
        new Case(4, 4, Map.of(0, 0, 1, 1), () -> new Animate(content(0, 2), 0)));
    CASES.put("animate, noised", new Case(3, 3, Map.of(), () -> new Animate(content(0, 1), 0.2)));
    CASES.put(
        "interpolate",
        new Case(4, 4, Map.of(0, 0, 3, 5), () -> new Interpolate(content(0, 1), content(5, 1))));
    CASES.put("loop", new Case(3, 3, Map.of(0, 2), () -> new Loop(content(2, 1), 0)));
    CASES.put(
        "extend",
        new Case(
            4, 7, Map.of(0, 0, 1, 1, 2, 2), () -> new Extend(Optional.of(content(0, 3)), 7, 2)));
    CASES.put("extend nothing", new Case(3, 6, Map.of(), () -> new Extend(Optional.empty(), 6, 1)));
    CASES.put("restyle", new Case(3, 3, Map.of(), () -> new Restyle(content(0, 3), 0.6, 1)));
    CASES.put("restyle, long", new Case(4, 7, Map.of(), () -> new Restyle(content(0, 7), 0.6, 1)));
    CASES.put(
        "inverted",
        new Case(
            4,
            7,
            Map.of(),
            () ->
                new Inverted(
                    content(0, 7), 0.6, 1, new Inversion(1), "", false, Optional.empty())));
    CASES.put("refine pixels", new Case(2, 2, Map.of(), () -> new Refine(pixels(), 0.5, 1)));
    CASES.put(
        "refine latents",
        new Case(
            2, 2, Map.of(), () -> new Refine(new Refine.Latents(small(content(0, 2))), 0.5, 1)));
    CASES.put(
        "double rate",
        new Case(4, 5, Map.of(0, 0, 2, 1, 4, 2), () -> new HigherRate(content(0, 3), 2, 1)));
    for (Travel.Turn turn : Travel.Turn.values()) {
      for (int blend : new int[] {0, 2}) {
        CASES.put(
            "travel " + turn + " " + blend,
            new Case(
                4,
                7,
                Map.of(),
                () -> new Travel(new PromptCues(List.of(0L, 4L), blend), TWO, turn, 7, 1)));
      }
    }
    TimestepPlan drawn =
        TimestepPlan.uniform(NoiseSchedule.flow(1).spacing(STEPS), 3)
            .stagger(1)
            .startAt(1, 0.7, 1)
            .hold(f -> f == 2, 0)
            .resample(0, 1, 1);
    CASES.put(
        "drawn",
        new Case(
            9,
            3,
            Map.of(2, 2),
            () -> new Drawn(drawn, List.of(List.of("a ball")), Optional.of(content(0, 3)))));
  }

  static {
    CASES.put(
        "super-resolve",
        new Case(
            2,
            3,
            Map.of(),
            () ->
                new SuperResolve(
                    smallPixels(),
                    1,
                    Downsampling.AREA,
                    ReconstructionWeight.constant(1),
                    ReconstructionGuidance.Activations.KEPT)));
    CASES.put("text2video-zero", new Case(3, 3, Map.of(), TextToVideoZero::usual));
  }

  /** A task that is not in the list would promise nothing. */
  @Test
  void everyTaskIsThere() {
    Scopes.run(() ->
        assertThat(CASES.values().stream().<Class<?>>map(c -> c.make.get().getClass()).distinct())
            .containsExactlyInAnyOrder(VideoTask.class.getPermittedSubclasses()));
  }

  private static Tensor smallPixels() {
    try (RandomStream stream = new RandomStreams(6).stream("small")) {
      return stream.normal(1, 3, 3, 8, 8).tanh();
    }
  }

  private static Tensor small(Tensor z) {
    return z.narrow(3, 0, 2).narrow(4, 0, 2);
  }

  private static Refine.Source pixels() {
    try (RandomStream stream = new RandomStreams(5).stream("pixels")) {
      return new Refine.Pixels(stream.normal(1, 3, 2, 9, 7).tanh());
    }
  }

  /** What is to be taken back is straight, and has no noise of its own that a seed could change. */
  private static final String STRAIGHT = "inverted";

  static String sampler(String task, String wanted) {
    boolean straight = List.of("ddim", "euler", "flow-euler").contains(wanted);
    return task.equals(STRAIGHT) && !straight ? "ddim" : wanted;
  }

  static Stream<Arguments> everyPair() {
    return CASES.keySet().stream()
        .flatMap(task ->
            Samplers.NAMES.stream()
                // Karras's names differ in levels alone.
                .filter(name -> !name.endsWith("-karras"))
                .filter(name -> sampler(task, name).equals(name))
                .map(sampler -> Arguments.of(task, sampler)));
  }

  static Stream<String> tasks() {
    return CASES.keySet().stream();
  }

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

  private Tensor make(Case c, String sampler, long... seeds) {
    List<VideoRequest> requests = new ArrayList<>();
    for (long seed : seeds) {
      requests.add(TinyModel.request(seed, c.clip, STEPS, sampler));
    }
    return c.make.get().latents(engine, requests, Progress.NONE);
  }

  @ParameterizedTest
  @MethodSource("everyPair")
  void makesWhatItSays(String task, String sampler) {
    Case c = Objects.requireNonNull(CASES.get(task));
    Scopes.run(() -> {
      Tensor z = make(c, sampler, 1);
      assertThat(Tensors.shape(z)).containsExactly(1, 4, c.frames, 4, 4);
      for (float x : Tensors.toFloats(z)) {
        assertThat(x).isFinite().isBetween(-1000f, 1000f);
      }
      requireHeld(c, z);
    });
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void worksUnderEveryGuide(String task) {
    Case c = Objects.requireNonNull(CASES.get(task));
    List<VideoRequest> one = List.of(TinyModel.request(1, c.clip, STEPS, "ddim"));
    for (Guide guide : List.of(Guide.replacement(), Guide.reconstruction(2))) {
      Scopes.run(() -> {
        Engine guided = engine.withGuide(guide);
        Tensor z = c.make.get().latents(guided, one, Progress.NONE);
        for (float x : Tensors.toFloats(z)) {
          assertThat(x).isFinite();
        }
        requireHeld(c, z);
      });
    }
  }

  static void requireHeld(Case c, Tensor z) {
    Tensor all = content(0, 8);
    c.held.forEach((frame, of) ->
        assertThat(Tensors.toBytes(z.select(2, frame)))
            .as("frame %d is given", frame)
            .isEqualTo(Tensors.toBytes(all.select(2, of))));
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void sameSeedSameBytes(String task) {
    Case c = Objects.requireNonNull(CASES.get(task));
    Scopes.run(() -> {
      String sampler = sampler(task, "ancestral");
      byte[] first = Tensors.toBytes(make(c, sampler, 1));
      assertThat(Tensors.toBytes(make(c, sampler, 1))).isEqualTo(first);
      assertThat(Arrays.equals(Tensors.toBytes(make(c, sampler, 2)), first))
          .as("the same for another seed")
          .isEqualTo(task.equals(STRAIGHT));
    });
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void aClipDoesNotDependOnItsNeighbours(String task) {
    Case c = Objects.requireNonNull(CASES.get(task));
    Scopes.run(() -> {
      String sampler = sampler(task, "ancestral");
      Tensor alone = make(c, sampler, 7);
      Tensor both = make(c, sampler, 3, 7);
      assertThat(Tensors.shape(both)).containsExactly(2, 4, c.frames, 4, 4);
      // Not to the bit: products of larger matrices may round otherwise.
      assertThat(both.narrow(0, 1, 1).sub(alone).abs().max().item_double()).isLessThan(1e-3);
    });
  }

  /** Counts, and cancels after some. */
  private static final class Counter implements Progress {
    private final long patience;
    private long done;
    private long total;

    Counter(long patience) {
      this.patience = patience;
    }

    @Override
    public void update(Report report) {
      if (report.phase() != Phase.SAMPLE) {
        return;
      }
      long now = report.done();
      long all = report.total();
      assertThat(now).isEqualTo(done + 1);
      assertThat(total == 0 || total == all).isTrue();
      done = now;
      total = all;
    }

    @Override
    public boolean cancelled() {
      return done >= patience;
    }
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void reportsEveryStepAndCancelsBetweenThem(String task) {
    Case c = Objects.requireNonNull(CASES.get(task));
    String sampler = sampler(task, "dpm++2m");
    List<VideoRequest> one = List.of(TinyModel.request(1, c.clip, STEPS, sampler));
    Counter whole = new Counter(Long.MAX_VALUE);
    Scopes.run(() -> c.make.get().latents(engine, one, whole));
    assertThat(whole.done).isEqualTo(whole.total).isPositive();
    long before = Pointer.totalCount();
    for (long patience : List.of(0L, whole.total - 1)) {
      Counter counter = new Counter(patience);
      Scopes.run(() ->
          assertThatThrownBy(() -> c.make.get().latents(engine, one, counter))
              .isInstanceOf(CancellationException.class));
      assertThat(counter.done).isEqualTo(patience);
    }
    System.gc();
    assertThat(Pointer.totalCount()).isLessThanOrEqualTo(before + 20);
  }
}
