package io.zoetrope.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.error.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimestepPlanTest {
  private static final boolean[] NONE = new boolean[2];

  @Test
  void uniform() {
    TimestepPlan plan = TimestepPlan.uniform(4, 3);
    assertThat(plan.steps()).isEqualTo(4);
    assertThat(plan.frames()).isEqualTo(3);
    assertThat(plan.row(1)).containsExactly(0.75, 0.75, 0.75);
    assertThat(plan.given(0)).isFalse();
    assertThat(plan.denoises(0)).isTrue();
  }

  @Test
  void heldFramesStay() {
    TimestepPlan plan = TimestepPlan.uniform(4, 3).holdClean(0).hold(f -> f == 2, 0.1);
    for (int row = 0; row <= 4; row++) {
      assertThat(plan.level(row, 0)).isZero();
      assertThat(plan.level(row, 1)).isEqualTo(1 - row / 4.0);
      assertThat(plan.level(row, 2)).isEqualTo(0.1);
    }
    assertThat(plan.givenFrames()).containsExactly(true, false, true);
  }

  @Test
  void pyramidDelaysEachFrame() {
    TimestepPlan plan = TimestepPlan.pyramid(new double[] {1, 0.5, 0}, 3, 1);
    assertThat(plan.levels())
        .isDeepEqualTo(
            new double[][] {{1, 1, 1}, {0.5, 1, 1}, {0, 0.5, 1}, {0, 0, 0.5}, {0, 0, 0}});
  }

  @Test
  void resamplingGoesUpAgain() {
    TimestepPlan plan = TimestepPlan.uniform(4, 2).holdClean(0).resample(1, 3, 2);
    double[] second = new double[plan.steps() + 1];
    for (int row = 0; row < second.length; row++) {
      second[row] = plan.level(row, 1);
      assertThat(plan.level(row, 0)).isZero();
    }
    assertThat(second).containsExactly(1, 0.75, 0.5, 0.25, 0.75, 0.5, 0.25, 0.75, 0.5, 0.25, 0);
    assertThat(plan.denoises(3)).isFalse();
    assertThatThrownBy(() -> plan.resample(3, 3, 1)).hasMessageContaining("no stretch");
  }

  @Test
  void videoToVideoStartsAtItsStrength() {
    TimestepPlan plan = TimestepPlan.uniform(10, 2).startAt(0.55);
    assertThat(plan.row(0)).containsExactly(0.55, 0.55);
    assertThat(plan.row(1)).containsExactly(0.5, 0.5);
    assertThat(plan.steps()).isEqualTo(6);
    assertThat(plan.givenFrames()).containsExactly(true, true);
    TimestepPlan exact = TimestepPlan.uniform(10, 2).startAt(0.5);
    assertThat(exact.row(0)).containsExactly(0.5, 0.5);
    assertThat(exact.row(1)).containsExactly(0.4, 0.4);
    assertThat(TimestepPlan.uniform(10, 2).startAt(1).steps()).isEqualTo(10);
    assertThat(plan.startAt(0.8)).isEqualTo(plan);
    assertThatThrownBy(() -> plan.startAt(0)).hasMessageContaining("(0, 1]");
  }

  @Test
  void whatIsNoPlanIsRefused() {
    refused(new double[][] {{1, 1}}, NONE, "at least 2 rows (1 step), not 1");
    refused(new double[][] {{}, {}}, new boolean[0], "at least 1 frame");
    refused(new double[][] {{1, 1}, {0}}, NONE, "row 1 has 1 frames where row 0 has 2");
    refused(new double[][] {{1, 1}, {0, Double.NaN}}, NONE, "row 1, frame 1");
    refused(new double[][] {{1, 1.5}, {0, 0}}, NONE, "row 0, frame 1");
    refused(new double[][] {{1, 1}, {0, -0.1}}, NONE, "-0.1 does not");
    refused(new double[][] {{1, 1}, {0, 0}}, new boolean[3], "3 frames are marked");
    refused(new double[][] {{1, 0.5}, {0, 0}}, NONE, "frame 1 starts at level 0.5");
    assertThatThrownBy(() -> TimestepPlan.uniform(0, 2)).hasMessageContaining("at least 1 step");
    assertThatThrownBy(() -> TimestepPlan.uniform(2, 0)).hasMessageContaining("at least 1 frame");
    assertThatThrownBy(() -> TimestepPlan.uniform(2, 2).holdClean(2))
        .hasMessageContaining("no frame 2 of 2");
  }

  private static void refused(double[][] level, boolean[] given, String message) {
    assertThatThrownBy(() -> TimestepPlan.of(level, given))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aPlanCannotBeChangedFromOutside() {
    double[][] level = {{1, 1}, {0, 0}};
    TimestepPlan plan = TimestepPlan.of(level, NONE);
    level[0][0] = 0.5;
    plan.row(0)[1] = 0.5;
    plan.levels()[0][1] = 0.5;
    assertThat(plan.row(0)).containsExactly(1, 1);
    assertThat(plan).isEqualTo(TimestepPlan.uniform(1, 2));
    assertThat(plan.hashCode()).isEqualTo(TimestepPlan.uniform(1, 2).hashCode());
    assertThat(plan).isNotEqualTo(TimestepPlan.uniform(1, 2).holdClean(0));
  }

  @Test
  void jsonRoundTripsToTheBit() {
    TimestepPlan plan =
        TimestepPlan.uniform(NoiseSchedule.karras().spacing(7), 5).holdClean(4).resample(2, 4, 1);
    assertThat(TimestepPlan.fromJson(plan.toJson())).isEqualTo(plan);
    assertThat(TimestepPlan.uniform(1, 2).holdClean(0).toJson())
        .isEqualTo(
            "{\"format\":\"zoetrope-plan-1\",\"given\":[0],\"levels\":[[0.0,1.0],[0.0,0.0]]}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "not json | no timestep plan",
        "null | no timestep plan",
        "{} | \"format\" must be",
        "[1, 2] | no timestep plan",
        "{\"format\":\"zoetrope-plan-1\"} | lacks its",
        "{\"format\":\"zoetrope-plan-1\",\"given\":[],\"levels\":[]} | lacks its",
        "{\"format\":\"zoetrope-plan-1\",\"given\":[2],\"levels\":[[1],[0]]} | frame 2 of 1",
        "{\"format\":\"zoetrope-plan-1\",\"given\":[],\"levels\":[[1],[2]]} | not valid: row 1",
        "{\"format\":\"zoetrope-plan-1\",\"given\":[],\"levels\":[[1],null]} | empty row",
        "{\"format\":\"zoetrope-plan-1\",\"given\":[],\"levels\":[[1],[0]],\"x\":1} | \"x\"",
        "{\"format\":\"zoetrope-plan-1\",\"given\":[],\"levels\":[[1],[0]],\"prompts\":[null]} |"
            + " empty row",
        "{\"format\":\"zoetrope-plan-1\",\"given\":[],\"levels\":[[1],[0]],\"prompts\":[]} | at"
            + " least 1 frame",
        "{\"format\":\"zoetrope-plan-1\",\"given\":[],\"levels\":[[1],[0]],\"prompts\":[[0.5,0.4]]}"
            + " | add up",
        "{\"format\":\"zoetrope-plan-1\",\"given\":[],\"levels\":[[1],[0]],\"prompts\":[[1],[1]]} |"
            + " 2 frames have",
      })
  void badJsonIsOneClearLine(String json, String message) {
    assertThatThrownBy(() -> TimestepPlan.fromJson(json))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }

  @Test
  void picture() {
    TimestepPlan plan =
        TimestepPlan.pyramid(new double[] {1, 0.75, 0.5, 0.25, 0}, 7, 1).holdClean(0);
    assertThat(plan.resample(6, 8, 1).toAscii())
        .isEqualTo(
            """
            13 steps, 7 frames, given: 0
            clean ··░░▒▒▓▓██ noise   ◆ given

            step  0         5
                  ◆
            0     ··████████████
            1     ··████████████
            2     ··▓▓██████████
            3     ··▒▒▓▓████████
            4     ··░░▒▒▓▓██████
            5     ····░░▒▒▓▓████
            6     ······░░▒▒▓▓██
            7     ········░░▒▒▓▓
            8     ··········░░▒▒
            9     ······░░▒▒▓▓██  noised again
            10    ········░░▒▒▓▓
            11    ··········░░▒▒
            12    ············░░
            13    ··············
            """);
    assertThat(TimestepPlan.uniform(2, 3).toPlainAscii())
        .isEqualTo(
            """
            2 steps, 3 frames
            clean ..::++**## noise   ^ given

            step  0
            0     ######
            1     ++++++
            2     ......
            """);
  }

  @Test
  void promptsAreAStripOfLetters() {
    assertThat(Plans.softBoundary(new double[] {1, 0.5, 0}, 5, 3).toPlainAscii())
        .isEqualTo(
            """
            2 steps, 5 frames, given: 0-2
            clean ..::++**## noise   ^ given

            step  0
                  ^ ^ ^
            text  aaaabbBBBB
            0     ::++**####
            1     ::++++++++
            2     ..........
            """);
  }

  @Test
  void longPlansAreThinnedAndWideOnesNarrowed() {
    String picture = TimestepPlan.uniform(1000, 64).startAt(0.9).toAscii();
    assertThat(picture.lines().count()).isBetween(50L, 110L);
    assertThat(picture).contains("all given").contains("0         10        20");
    assertThat(picture.lines().toList().getLast()).startsWith("900 ").contains("·".repeat(64));
    assertThat(picture.lines().mapToInt(String::length).max().orElseThrow()).isLessThan(80);
  }
}
