package io.zoetrope.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every task of the catalogue: its matrix written out, and the laws by which plans compose. */
class PlansTest {
  private static final double[] LEVELS = {1, 0.75, 0.5, 0.25, 0};
  private static final double[] FLOW = NoiseSchedule.flow(3).spacing(8);

  /** Rows of numbers in quarters, {@code "4 4 / 3 3"}. */
  private static void isMatrix(TimestepPlan plan, String given, String quarters) {
    double[][] rows =
        Arrays.stream(quarters.strip().split("\\s*[/\n]\\s*", -1))
            .map(row ->
                Arrays.stream(row.strip().split("\\s+", -1))
                    .mapToDouble(word -> Double.parseDouble(word) / 4)
                    .toArray())
            .toArray(double[][]::new);
    assertThat(plan.levels()).isDeepEqualTo(rows);
    StringBuilder marks = new StringBuilder();
    for (boolean mark : plan.givenFrames()) {
      marks.append(mark ? '^' : '.');
    }
    assertThat(marks.toString()).isEqualTo(given);
  }

  @Test
  void textToVideo() {
    isMatrix(Plans.textToVideo(LEVELS, 3), "...", "4 4 4 / 3 3 3 / 2 2 2 / 1 1 1 / 0 0 0");
  }

  @Test
  void imageToVideo() {
    isMatrix(Plans.animate(LEVELS, 3), "^..", "0 4 4 / 0 3 3 / 0 2 2 / 0 1 1 / 0 0 0");
  }

  @Test
  void anyFramesMayBeGivenAndNoisedALittle() {
    isMatrix(
        Plans.imageToVideo(LEVELS, 4, f -> f == 1 || f == 2, 0.375),
        ".^^.",
        "4 1.5 1.5 4 / 3 1.5 1.5 3 / 2 1.5 1.5 2 / 1 1 1 1 / 0 0 0 0");
  }

  @Test
  void givenFramesFallInProportion() {
    isMatrix(
        Plans.imageToVideo(LEVELS, 3, f -> f == 0, 0.5, Course.FALL),
        "^..",
        "2 4 4 / 1.5 3 3 / 1 2 2 / 0.5 1 1 / 0 0 0");
    isMatrix(
        Plans.loop(LEVELS, 3, 0.25, Course.FALL),
        "^..^",
        "1 4 4 1 / .75 3 3 .75 / .5 2 2 .5 / .25 1 1 .25 / 0 0 0 0");
    assertThat(Plans.imageToVideo(LEVELS, 3, f -> f == 0, 0, Course.FALL))
        .isEqualTo(Plans.animate(LEVELS, 3));
  }

  @Test
  void chainingOnTheLastFrame() {
    assertThat(Plans.extend(LEVELS, 3, 1)).isEqualTo(Plans.animate(LEVELS, 3));
  }

  @Test
  void interpolation() {
    isMatrix(
        Plans.interpolate(LEVELS, 4), "^..^", "0 4 4 0 / 0 3 3 0 / 0 2 2 0 / 0 1 1 0 / 0 0 0 0");
  }

  @Test
  void loopPlansOneFrameMore() {
    isMatrix(Plans.loop(LEVELS, 3), "^..^", "0 4 4 0 / 0 3 3 0 / 0 2 2 0 / 0 1 1 0 / 0 0 0 0");
    isMatrix(
        Plans.loop(LEVELS, 3, LEVELS[2], Course.WAIT),
        "^..^",
        "2 4 4 2 / 2 3 3 2 / 2 2 2 2 / 1 1 1 1 / 0 0 0 0");
  }

  @Test
  void videoToVideo() {
    isMatrix(Plans.restyle(LEVELS, 2, 0.6), "^^", "2.4 2.4 / 2 2 / 1 1 / 0 0");
    isMatrix(Plans.restyle(LEVELS, 2, 0.75), "^^", "3 3 / 2 2 / 1 1 / 0 0");
    isMatrix(Plans.restyle(LEVELS, 2, 1), "^^", "4 4 / 3 3 / 2 2 / 1 1 / 0 0");
    isMatrix(Plans.restyle(LEVELS, 2, 0.1), "^^", "0.4 0.4 / 0 0");
  }

  @Test
  void videoToVideoOfALongVideo() {
    isMatrix(Plans.restyleOn(LEVELS, 3, 0.5, 1), "^^^", "0 2 2 / 0 1 1 / 0 0 0");
  }

  @Test
  void longVideo() {
    isMatrix(Plans.extend(LEVELS, 4, 2), "^^..", "0 0 4 4 / 0 0 3 3 / 0 0 2 2 / 0 0 1 1 / 0 0 0 0");
  }

  @Test
  void softBoundary() {
    TimestepPlan plan = Plans.softBoundary(LEVELS, 5, 3);
    isMatrix(plan, "^^^..", "1 2 3 4 4 / 1 2 3 3 3 / 1 2 2 2 2 / 1 1 1 1 1 / 0 0 0 0 0");
    assertThat(plan.prompts().weights())
        .isDeepEqualTo(new double[][] {{0.75, 0.25}, {0.5, 0.5}, {0.25, 0.75}, {0, 1}, {0, 1}});
  }

  @Test
  void pyramid() {
    isMatrix(
        Plans.pyramid(LEVELS, 3, 2),
        "...",
        "4 4 4 / 3 4 4 / 2 4 4 / 1 3 4 / 0 2 4 / 0 1 3 / 0 0 2 / 0 0 1 / 0 0 0");
  }

  @Test
  void resampling() {
    isMatrix(Plans.resampling(LEVELS, 1, 2, 1), ".", "4 / 3 / 2 / 4 / 3 / 2 / 1 / 0 / 2 / 1 / 0");
    isMatrix(Plans.resampling(LEVELS, 1, 3, 1), ".", "4 / 3 / 2 / 1 / 4 / 3 / 2 / 1 / 0");
    assertThat(Plans.resampling(LEVELS, 2, 2, 0)).isEqualTo(Plans.textToVideo(LEVELS, 2));
  }

  @Test
  void movingWindow() {
    isMatrix(Plans.warmUp(LEVELS, 4), "....", "4 4 4 4 / 3 4 4 4 / 2 3 4 4 / 1 2 3 4");
    isMatrix(Plans.movingWindow(LEVELS, 4), "^^^.", "1 2 3 4 / 0 1 2 3");
    isMatrix(Plans.warmUp(LEVELS, 2), "..", "4 4 / 3 4 / 2 4");
    isMatrix(Plans.movingWindow(LEVELS, 2), "^.", "2 4 / 1 3 / 0 2");
    assertThat(Plans.stepsPerFrame(16, 20)).isEqualTo(2);
    assertThat(Plans.stepsPerFrame(16, 16)).isEqualTo(1);
    assertThat(Plans.stepsPerFrame(12, 1)).isEqualTo(1);
  }

  /** Warm-up and turns, laid one below the other and each a frame further, are a long pyramid. */
  @Test
  void aMovingWindowIsALongPyramid() {
    for (int window : new int[] {2, 4, 8}) {
      int frames = 20;
      TimestepPlan roll = Plans.roll(FLOW, frames, window);
      TimestepPlan warmUp = Plans.warmUp(FLOW, window);
      TimestepPlan turn = Plans.movingWindow(FLOW, window);
      for (int row = 0; row <= warmUp.steps(); row++) {
        for (int f = 0; f < window; f++) {
          assertThat(warmUp.level(row, f)).isEqualTo(roll.level(row, f));
        }
      }
      for (int front = 0; front + window <= frames; front++) {
        for (int row = 0; row <= turn.steps(); row++) {
          for (int f = 0; f < window; f++) {
            assertThat(turn.level(row, f))
                .isEqualTo(roll.level(warmUp.steps() + front * turn.steps() + row, front + f));
          }
        }
      }
    }
  }

  /** One of each, on a steep schedule. */
  static Map<String, TimestepPlan> catalogue() {
    Map<String, TimestepPlan> all = new TreeMap<>();
    all.put("textToVideo", Plans.textToVideo(FLOW, 6));
    all.put("animate", Plans.animate(FLOW, 6));
    all.put("imageToVideo", Plans.imageToVideo(FLOW, 6, f -> f % 3 == 1, 0.07));
    all.put("interpolate", Plans.interpolate(FLOW, 6));
    all.put("falling", Plans.imageToVideo(FLOW, 6, f -> f % 3 == 1, 0.07, Course.FALL));
    all.put("loop", Plans.loop(FLOW, 5));
    all.put("extend", Plans.extend(FLOW, 6, 4));
    all.put("softBoundary", Plans.softBoundary(FLOW, 6, 3));
    all.put("restyle", Plans.restyle(FLOW, 6, 0.6));
    all.put("restyleOn", Plans.restyleOn(FLOW, 6, 0.6, 2));
    all.put("pyramid", Plans.pyramid(FLOW, 6, 2));
    all.put("resampling", Plans.resampling(FLOW, 6, 3, 2));
    all.put("movingWindow", Plans.movingWindow(FLOW, 4));
    all.put("warmUp", Plans.warmUp(FLOW, 4));
    all.put("roll", Plans.roll(FLOW, 9, 4));
    all.put("behind", Plans.softBoundary(FLOW, 6, 3).after(2));
    all.put(
        "everything",
        TimestepPlan.uniform(FLOW, 6)
            .stagger(1)
            .startAt(0.8)
            .holdClean(0)
            .resampleAll(4, 1)
            .withPrompts(new PromptCues(List.of(0L, 3L), 2).track(0, 6)));
    return all;
  }

  static Stream<String> names() {
    return catalogue().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("names")
  void jsonRoundTripsToTheBit(String name) {
    TimestepPlan plan = Objects.requireNonNull(catalogue().get(name));
    TimestepPlan back = TimestepPlan.fromJson(plan.toJson());
    assertThat(back).isEqualTo(plan);
    assertThat(back.toJson()).isEqualTo(plan.toJson());
    assertThat(TimestepPlan.fromJson("\ufeff" + plan.toJson())).isEqualTo(plan);
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyFrameEndsCleanButThoseOnTheirWay(String name) {
    TimestepPlan plan = Objects.requireNonNull(catalogue().get(name));
    if (!List.of("warmUp", "movingWindow").contains(name)) {
      assertThat(plan.row(plan.steps())).containsOnly(0);
    }
    assertThat(plan.toAscii()).contains(plan.steps() + " step").doesNotContain("\t");
  }

  /** Laws that hold for any plan at all. */
  @Test
  void plansCompose() {
    SplittableRandom random = new SplittableRandom(20);
    for (int round = 0; round < 200; round++) {
      TimestepPlan plan = anyPlan(random);
      double a = random.nextDouble(0.05, 1);
      double b = random.nextDouble(0.05, 1);
      String seen = "round " + round + "\n" + plan.toAscii();
      assertThat(plan.startAt(a).startAt(b)).as(seen).isEqualTo(plan.startAt(Math.min(a, b)));
      assertThat(plan.startAt(1)).as(seen).isEqualTo(plan.startAt(1).startAt(1));
      assertThat(plan.stagger(0)).as(seen).isEqualTo(plan);
      int d = random.nextInt(3);
      int e = random.nextInt(3);
      assertThat(plan.stagger(d).stagger(e)).as(seen).isEqualTo(plan.stagger(d + e));
      int frame = random.nextInt(plan.frames());
      assertThat(plan.stagger(d).holdClean(frame))
          .as(seen)
          .isEqualTo(plan.holdClean(frame).stagger(d));
      int other = random.nextInt(plan.frames());
      assertThat(plan.holdClean(frame).holdClean(other))
          .as(seen)
          .isEqualTo(plan.holdClean(other).holdClean(frame));
      assertThat(plan.holdClean(frame).heldClean(frame)).isTrue();
      int to = 1 + random.nextInt(plan.steps());
      int from = random.nextInt(to);
      assertThat(plan.resample(from, to, 0)).as(seen).isEqualTo(plan);
      assertThat(plan.resample(from, to, 2).holdClean(frame))
          .as(seen)
          .isEqualTo(plan.holdClean(frame).resample(from, to, 2));
      int count = 1 + random.nextInt(plan.frames());
      int first = random.nextInt(plan.frames() - count + 1);
      assertThat(plan.resample(from, to, 1).slice(first, count))
          .as(seen)
          .isEqualTo(plan.slice(first, count).resample(from, to, 1));
      assertThat(plan.after(2).slice(2, plan.frames())).as(seen).isEqualTo(plan);
      assertThat(TimestepPlan.fromJson(plan.toJson())).as(seen).isEqualTo(plan);
    }
  }

  private static TimestepPlan anyPlan(SplittableRandom random) {
    int frames = 2 + random.nextInt(5);
    TimestepPlan plan =
        TimestepPlan.uniform(NoiseSchedule.flow(2).spacing(2 + random.nextInt(6)), frames)
            .stagger(random.nextInt(2));
    if (random.nextBoolean()) {
      plan = plan.startAt(random.nextDouble(0.2, 1));
    }
    if (random.nextBoolean()) {
      plan = plan.resampleAll(2, 1);
    }
    if (frames > 2 && random.nextBoolean()) {
      plan = plan.withPrompts(new PromptCues(List.of(0L, 2L), 1).track(0, frames));
    }
    return plan;
  }

  /** For plans in which frames fall together it does not matter which comes first. */
  @Test
  void aStaggeredStartIsAStartedStagger() {
    for (double strength : new double[] {0.9, 0.6, 0.25}) {
      for (int delay : new int[] {0, 1, 3}) {
        TimestepPlan uniform = TimestepPlan.uniform(FLOW, 4);
        assertThat(uniform.stagger(delay).startAt(strength))
            .isEqualTo(uniform.startAt(strength).stagger(delay));
      }
    }
  }

  @Test
  void whatCannotBeIsRefusedInOneLine() {
    refused(() -> Plans.interpolate(LEVELS, 2), "nothing between the ends of 2 frames");
    refused(() -> Plans.loop(LEVELS, 1), "a loop has at least 2 frames, not 1");
    refused(() -> Plans.extend(LEVELS, 4, 4), "overlap by 1 to 3 of them, not 4");
    refused(() -> Plans.extend(LEVELS, 4, 0), "overlap by 1 to 3 of them, not 0");
    refused(() -> Plans.softBoundary(LEVELS, 4, 4), "not 4");
    refused(() -> Plans.restyle(LEVELS, 4, 0), "a strength lies in (0, 1]; 0.0 does not");
    refused(() -> Plans.restyle(LEVELS, 4, Double.NaN), "(0, 1]");
    refused(() -> Plans.restyleOn(LEVELS, 4, 0.5, 9), "not 9");
    refused(() -> Plans.imageToVideo(LEVELS, 2, f -> true, 0), "all 2 frames are given");
    refused(() -> Plans.imageToVideo(LEVELS, 2, f -> f == 0, -1), "frame 0: a level lies in");
    refused(
        () -> Plans.imageToVideo(LEVELS, 2, f -> f == 0, 1.5, Course.FALL),
        "frame 0: a factor lies in [0, 1]; 1.5 does not");
    refused(() -> Plans.movingWindow(LEVELS, 3), "a multiple of 3 steps, not 4");
    refused(() -> Plans.movingWindow(LEVELS, 8), "a multiple of 8 steps, not 4");
    refused(() -> Plans.resampling(LEVELS, 2, 0, 1), "at least 1 step, not 0");
    refused(() -> Plans.pyramid(LEVELS, 2, -1), "a delay is at least 0");
    refused(() -> TimestepPlan.uniform(4, 2).startAt(0.5, 0.5, 0.5), "3 frames have a start, of 2");
    refused(() -> TimestepPlan.uniform(4, 2).slice(1, 2), "no frames 1 to 2 of 2");
    refused(
        () -> TimestepPlan.uniform(4, 2).withPrompts(PromptTrack.single(3)),
        "3 frames have prompts, of 2");
  }

  private static void refused(Runnable body, String message) {
    assertThatThrownBy(body::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }
}
