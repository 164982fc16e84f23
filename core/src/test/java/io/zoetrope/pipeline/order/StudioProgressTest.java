package io.zoetrope.pipeline.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.media.Fit;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Png;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoWriter;
import io.zoetrope.pipeline.TinyModel;
import io.zoetrope.pipeline.cascade.Bridge;
import io.zoetrope.pipeline.cascade.Cascade;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every order tells how far it is from its first weight to its last frame, and can be stopped. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StudioProgressTest {
  private Path folder = Path.of("");

  @BeforeAll
  void furnish(@TempDir Path shared) {
    folder = shared;
    TinyModel.write(folder.resolve("model"));
    Png.write(folder.resolve("ball.png"), picture(90));
    List<Frame> frames = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      frames.add(picture(20 * i));
    }
    VideoWriter.write(folder.resolve("ball"), new Video(frames, 8));
  }

  private static Frame picture(int level) {
    byte[] rgb = new byte[16 * 16 * 3];
    Arrays.fill(rgb, (byte) level);
    return new Frame(16, 16, rgb);
  }

  /** Each kind of task, and those that sample several times also with FreeInit. */
  static Stream<Arguments> orders() {
    return Stream.concat(PlanThatRunsTest.specs().keySet().stream(), Stream.of(Cascade.class))
        .flatMap(kind -> Stream.of(Arguments.of(kind, false), Arguments.of(kind, true)))
        .filter(row -> !row.get()[0].equals(RollSpec.class) || row.get()[1].equals(false));
  }

  /** From words: two samplings, and between them a decoding and an encoding. */
  private static final TaskSpec REFINED_WORDS =
      new RefineSpec(
          Optional.empty(),
          Fit.CROP,
          0,
          Optional.empty(),
          Optional.of(0.3),
          Bridge.Where.PIXELS,
          Optional.empty(),
          new Join(Optional.of(6), 2));

  private static VideoOrder order(Class<?> kind, boolean again) {
    TaskSpec spec =
        kind == Cascade.class
            ? REFINED_WORDS
            : Objects.requireNonNull(PlanThatRunsTest.specs().get(kind));
    Wish wish = kind == TravelSpec.class ? Wish.of("a red ball", "a blue ball") : Wish.of("a ball");
    boolean clip =
        List.of(GenerateSpec.class, AnimateSpec.class, InterpolateSpec.class, LoopSpec.class)
            .contains(kind);
    Tuning tuning =
        new Tuning(
            Optional.empty(),
            false,
            again ? Optional.of(3) : Optional.empty(),
            Optional.empty(),
            Optional.empty());
    return new VideoOrder(
        spec,
        wish.withSeed(3).withSteps(5).withFrames(clip ? 6 : 16),
        ModelRef.of("model"),
        tuning);
  }

  /** Keeps reports; cancelled from a certain one of a phase on. */
  private static final class Watched implements Progress {
    final List<Report> reports = new ArrayList<>();
    private final Optional<Phase> phase;
    private final long at;
    private long seen;

    Watched(Optional<Phase> phase, long at) {
      this.phase = phase;
      this.at = at;
    }

    @Override
    public void update(Report report) {
      // What is offered lives as long as this call.
      reports.add(report.preview(Optional::empty));
      seen += phase.filter(p -> p == report.phase()).isPresent() ? 1 : 0;
    }

    @Override
    public boolean cancelled() {
      return phase.isPresent() && seen >= at;
    }
  }

  private Made make(VideoOrder order, Path file, Progress progress) {
    return Studio.make(order, Sources.in(folder), FileSink.of(file), progress);
  }

  /** The reports of each phase, cut where one begins anew. */
  private static Map<Phase, List<List<Report>>> runs(List<Report> reports) {
    Map<Phase, List<List<Report>>> runs = new EnumMap<>(Phase.class);
    for (Report report : reports) {
      List<List<Report>> all = runs.computeIfAbsent(report.phase(), phase -> new ArrayList<>());
      if (all.isEmpty() || all.getLast().getLast().done() > report.done()) {
        all.add(new ArrayList<>());
      }
      all.getLast().add(report);
    }
    return runs;
  }

  @ParameterizedTest
  @MethodSource("orders")
  void countsUpToAWholeThatIsKnownFromTheStart(Class<?> kind, boolean again, @TempDir Path out) {
    Watched watched = new Watched(Optional.empty(), 0);
    Made made = make(order(kind, again), out.resolve("v.gif"), watched);
    Map<Phase, List<List<Report>>> runs = runs(watched.reports);
    assertThat(runs).containsKeys(Phase.LOAD, Phase.SAMPLE);
    assertThat(runs.get(Phase.SAMPLE)).as("one sampling").hasSize(1);
    runs.forEach((phase, all) ->
        all.forEach(run -> {
          assertThat(run)
              .extracting(Report::total)
              .as("total of " + phase)
              .hasSameElementsAs(List.of(run.getFirst().total()));
          Report last = run.getLast();
          assertThat(last.done()).as("end of " + phase).isEqualTo(last.total());
        }));
    if (kind != RollSpec.class) {
      assertThat(runs).containsKeys(Phase.DECODE, Phase.WRITE);
      assertThat(Objects.requireNonNull(runs.get(Phase.WRITE)).getFirst().getLast().total())
          .isEqualTo(made.frames());
    }
  }

  @ParameterizedTest
  @MethodSource("orders")
  void canBeStoppedInEveryPhaseAndLeavesNothing(Class<?> kind, boolean again, @TempDir Path out)
      throws IOException {
    Watched whole = new Watched(Optional.empty(), 0);
    // A format that cannot grow.
    make(order(kind, again), out.resolve("v.webp"), whole);
    Files.delete(out.resolve("v.webp"));
    Map<Phase, Long> counts = new EnumMap<>(Phase.class);
    whole.reports.forEach(report -> counts.merge(report.phase(), 1L, Long::sum));
    for (Map.Entry<Phase, Long> phase : counts.entrySet()) {
      for (long at : new long[] {1, (phase.getValue() + 1) / 2, phase.getValue()}) {
        Watched watched = new Watched(Optional.of(phase.getKey()), at);
        assertThatThrownBy(() -> make(order(kind, again), out.resolve("v.webp"), watched))
            .as("%s of %s", at, phase)
            .isInstanceOf(CancellationException.class);
        assertThat(watched.reports.size())
            .as("what was done after %s of %s", at, phase)
            .isLessThanOrEqualTo(index(whole.reports, phase.getKey(), at) + 2);
        try (Stream<Path> left = Files.list(out)) {
          assertThat(left).as("%s of %s", at, phase).isEmpty();
        }
      }
    }
  }

  /** How many reports there were when that one of a phase came. */
  private static int index(List<Report> reports, Phase phase, long at) {
    long seen = 0;
    for (int i = 0; i < reports.size(); i++) {
      seen += reports.get(i).phase() == phase ? 1 : 0;
      if (seen == at) {
        return i + 1;
      }
    }
    throw new IllegalStateException("fewer");
  }
}
