package io.zoetrope.eval.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.zoetrope.data.toybox.Split;
import io.zoetrope.data.toybox.ToyboxPrompts.Prompt;
import io.zoetrope.data.toybox.Traits.Colour;
import io.zoetrope.data.toybox.Traits.Motion;
import io.zoetrope.data.toybox.Traits.Shape;
import io.zoetrope.error.UserError;
import io.zoetrope.eval.features.VideoFeatures;
import io.zoetrope.media.Video;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.TinyModel;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.torch.Ops;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every suite runs from end to end on a model of random weights, which keeps no promise. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SuitesTest {
  @TempDir private static Path folder;

  private VideoModel model;
  private final List<String> shown = new ArrayList<>();
  private final List<String> words = new ArrayList<>();

  /** Channel means and standard deviations of the first frame. */
  private static final VideoFeatures MEANS =
      new VideoFeatures() {
        @Override
        public Tensor features(Tensor x_B3FHW) {
          return Ops.mean(x_B3FHW, 2, 3, 4);
        }

        @Override
        public String name() {
          return "means";
        }

        @Override
        public void close() {}
      };

  @BeforeAll
  void load() {
    model = VideoModel.load(ModelChoice.of(TinyModel.write(folder.resolve("tiny")), "f32"));
  }

  @AfterAll
  void close() {
    model.close();
  }

  private Bench bench(int cancelAfter) {
    Bench.Settings settings =
        new Bench.Settings(3, 10, 2, Split.HELD_OUT, "", 2, 1.5, "flow-euler");
    Bench.Watcher watcher =
        new Bench.Watcher() {
          @Override
          public void update(io.zoetrope.progress.Report report) {
            words.add("%s/%s %s".formatted(report.done(), report.total(), report.words()));
          }

          @Override
          public void made(String caption, Video video) {
            shown.add(caption);
          }

          @Override
          public boolean cancelled() {
            return words.size() > cancelAfter;
          }
        };
    return new Bench(new Engine(model), settings, Optional.of(MEANS), watcher);
  }

  /** Each suite, on videos that are no longer than it needs. */
  static List<Arguments> suites() {
    return List.of(
        arguments("animate", new AnimateSuite()),
        arguments("interpolate", new InterpolateSuite()),
        arguments("loop", new LoopSuite()),
        arguments("restyle", new RestyleSuite(List.of(0.4, 1.0))),
        arguments("refine", new RefineSuite(2, 0.5)),
        arguments("extend", new ExtendSuite(32, List.of(1, 8))),
        arguments("travel", new TravelSuite(9, 20, List.of(2))),
        arguments("roll", new RollSuite(16, 8, 4)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("suites")
  void runs(String name, Suite suite) {
    words.clear();
    shown.clear();
    Report report = suite.run(bench(Integer.MAX_VALUE));
    assertThat(Suite.names()).contains(name);
    assertThat(report.text().lines()).hasSizeGreaterThan(4);
    assertThat(report.fields()).isNotEmpty();
    assertThat(words).last().asString().startsWith("3/3");
    assertThat(shown).hasSizeGreaterThanOrEqualTo(3);
    report
        .plots()
        .values()
        .forEach(plot ->
            assertThat(plot.series())
                .isNotEmpty()
                .allSatisfy(series -> assertThat(series.y()).isNotEmpty()));
  }

  @Test
  void givenFramesAreHeldExactly() {
    AnimateSuite.Result animate = new AnimateSuite().measure(bench(Integer.MAX_VALUE));
    assertThat(animate.held().least()).isGreaterThan(90);
    assertThat(animate.frechet()).isPresent();
    assertThat(animate.adherence().all().of()).isEqualTo(3);
    InterpolateSuite.Result between = new InterpolateSuite().measure(bench(Integer.MAX_VALUE));
    assertThat(between.first().least()).isGreaterThan(90);
    assertThat(between.last().least()).isGreaterThan(90);
    assertThat(new LoopSuite().measure(bench(Integer.MAX_VALUE)).getFirst().held().least())
        .isGreaterThan(90);
  }

  @Test
  void extensionCountsItsSeams() {
    ExtendSuite.Result result =
        new ExtendSuite(32, List.of(1, 8)).measure(bench(Integer.MAX_VALUE));
    assertThat(result.cases()).extracting(ExtendSuite.Case::name).containsExactly("M = 1", "M = 8");
    // Seams at 16 and 31, straddled by two second differences and by one, in three videos.
    assertThat(result.cases().getFirst().pixels().seamPlaces()).isEqualTo((2 + 1) * 3);
    assertThat(result.cases().getFirst().adherence().all().of()).isEqualTo(3);
    assertThat(result.truth().profile()).hasSize(32);
    assertThat(result.truth().profile().getFirst()).isNaN();
  }

  @Test
  void overlapsAreOfPartOfAClip() {
    assertThat(Suite.fit(List.of(1, 4, 8), 8)).containsExactly(1, 4);
    assertThatThrownBy(() -> Suite.fit(List.of(4, 8), 4))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("clips of 4 frames");
  }

  @Test
  void canBeCancelledBetweenSteps() {
    words.clear();
    assertThatThrownBy(() -> new LoopSuite().run(bench(3)))
        .isInstanceOf(CancellationException.class);
  }

  @Test
  void unknownNamesAreNamed() {
    assertThatThrownBy(() -> Suite.of("dance", 64))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("animate, interpolate, loop");
    assertThatThrownBy(() -> Suite.of("roll", 63))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("64 frames");
  }

  @Test
  void truthClipsShowWhatTheirPromptsAsk() {
    List<TruthClip> clips = TruthClip.of(5, 3, Split.HELD_OUT, Set.of(Motion.ORBIT));
    assertThat(clips).hasSize(5).allMatch(c -> c.prompt().motion() == Motion.ORBIT);
    assertThat(clips).allMatch(c -> c.scene().objects().getFirst().shape() == c.prompt().shape());
    Prompt prompt = Prompt.of(Colour.RED, Shape.STAR, Motion.SPIN);
    TruthClip one = TruthClip.of(prompt, 0, 1);
    assertThat(one.scene().objects().getFirst().colour()).isEqualTo(Colour.RED);
    assertThat(one.scene()).isNotEqualTo(TruthClip.of(prompt, 0, 2).scene());
  }

  @Test
  void promptsOfTravelAndRestyle() {
    Prompt prompt = Prompt.of(Colour.RED, Shape.BALL, Motion.UP_LEFT);
    assertThat(TravelSuite.back(prompt).motion()).isEqualTo(Motion.DOWN_RIGHT);
    Prompt other = RestyleSuite.other(prompt);
    assertThat(other.colour()).isNotEqualTo(Colour.RED);
    assertThat(other.shape()).isNotEqualTo(Shape.BALL);
    assertThat(other.motion()).isEqualTo(Motion.UP_LEFT);
  }

  @Test
  void reportsAreJsonWithoutNaN() {
    Map<String, @Nullable Object> fields =
        new Report().section("a b").number("x (y)", Double.NaN).end().promise("p", true).fields();
    assertThat(fields).containsKeys("a_b", "promises");
    assertThat(String.valueOf(fields)).isEqualTo("{a_b={x_y=null}, promises={p=true}}");
  }
}
