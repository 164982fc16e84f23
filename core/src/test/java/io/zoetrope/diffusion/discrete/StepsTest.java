package io.zoetrope.diffusion.discrete;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.diffusion.NoiseLevel;
import io.zoetrope.diffusion.SampledSchedule;
import io.zoetrope.error.UserError;
import java.util.OptionalDouble;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** What each walk asks at, and where its steps lead, by hand. */
class StepsTest {
  private static final AlphaBars BARS = AlphaBars.scaledLinear(1000, 0.00085, 0.012);

  /** Numbers that the reference holds in f32. */
  private static final Offset<Double> F32 = within(1e-6);

  private static NoiseLevel at(SampledSchedule walk, int step) {
    return walk.at(walk.levels()[step]);
  }

  private static NoiseLevel landing(SampledSchedule walk, int step) {
    return walk.landing(at(walk, step), walk.at(walk.levels()[step + 1]));
  }

  private static void requireLevel(NoiseLevel level, double alpha, double sigma) {
    assertThat(level.alpha()).isEqualTo(alpha);
    assertThat(level.sigma()).isEqualTo(sigma);
  }

  @Test
  void ddimStepsLeadToTheNextOne() {
    SampledSchedule walk = new DdimSteps(BARS, TimestepSpacing.LEADING, 1, true).over(4);
    int[] timesteps = {751, 501, 251, 1};
    assertThat(walk.timesteps()).containsExactly(751, 501, 251, 1);
    for (int i = 0; i < 4; i++) {
      requireLevel(at(walk, i), BARS.alpha(timesteps[i]), BARS.sigma(timesteps[i]));
    }
    for (int i = 0; i < 3; i++) {
      requireLevel(landing(walk, i), BARS.alpha(timesteps[i + 1]), BARS.sigma(timesteps[i + 1]));
    }
    requireLevel(landing(walk, 3), 1, 0);
    assertThat(walk.levels()[0]).isOne();
    assertThat(walk.levels()[4]).isZero();
    assertThat(walk.bornScale()).isOne();
  }

  /** Its steps are 1000 / 4 long whatever the spacing; the last is left at timestep 0. */
  @Test
  void ddimStepsOnALineLandBesideTheNextOne() {
    SampledSchedule walk = new DdimSteps(BARS, TimestepSpacing.LINSPACE, 0, false).over(4);
    assertThat(walk.timesteps()).containsExactly(999, 666, 333, 0);
    requireLevel(landing(walk, 0), BARS.alpha(749), BARS.sigma(749));
    requireLevel(landing(walk, 3), BARS.alpha(0), BARS.sigma(0));
  }

  @Test
  void eulerStepsAreNoiseRatios() {
    SampledSchedule walk =
        new EulerSteps(
                BARS,
                TimestepSpacing.LINSPACE,
                0,
                SigmaSpacing.TIMESTEPS,
                EulerSteps.Range.OWN,
                FinalSigma.ZERO,
                EulerSteps.Told.TIMESTEP)
            .over(4);
    assertThat(walk.timesteps()).containsExactly(999, 666, 333, 0);
    float[] ratios = BARS.ratios();
    for (int i = 0; i < 4; i++) {
      requireLevel(at(walk, i), 1, ratios[(int) walk.timesteps()[i]]);
    }
    for (int i = 0; i < 3; i++) {
      assertThat(landing(walk, i).sigma()).isCloseTo(at(walk, i + 1).sigma(), F32);
    }
    assertThat(landing(walk, 3).sigma()).isZero();
    assertThat(walk.bornScale()).isEqualTo(ratios[999]);
  }

  /** LEADING begins below the end, where the data's own variance counts. */
  @Test
  void leadingEulerStepsAreBornWithTheDatasVariance() {
    SampledSchedule walk =
        new EulerSteps(
                BARS,
                TimestepSpacing.LEADING,
                1,
                SigmaSpacing.KARRAS,
                EulerSteps.Range.OWN,
                FinalSigma.SIGMA_MIN,
                EulerSteps.Told.LOG_SIGMA)
            .over(3);
    float[] ratios = BARS.ratios();
    double top = at(walk, 0).sigma();
    assertThat(top).isCloseTo(ratios[667], F32);
    assertThat(walk.bornScale()).isEqualTo(Math.hypot(1, top));
    double root = (Math.pow(ratios[667], 1 / 7.0) + Math.pow(ratios[1], 1 / 7.0)) / 2;
    assertThat(at(walk, 1).sigma()).isCloseTo(Math.pow(root, 7), F32);
    assertThat(walk.timesteps()[1]).isCloseTo(0.25 * Math.log(at(walk, 1).sigma()), within(1e-12));
    assertThat(landing(walk, 2).sigma()).isCloseTo(ratios[0], F32);
  }

  private static DpmSteps dpm(
      TimestepSpacing spacing, SigmaSpacing sigmas, FinalSigma end, double clipped) {
    return new DpmSteps(BARS, spacing, 1, sigmas, end, clipped, DpmSteps.Whole.ROUNDED);
  }

  /** One timestep more is spaced than steps are made, and the last left out. */
  @Test
  void dpmTimesteps() {
    double none = Double.NEGATIVE_INFINITY;
    assertThat(
            dpm(TimestepSpacing.LEADING, SigmaSpacing.TIMESTEPS, FinalSigma.ZERO, none)
                .over(4)
                .timesteps())
        .containsExactly(801, 601, 401, 201);
    assertThat(
            dpm(TimestepSpacing.LINSPACE, SigmaSpacing.TIMESTEPS, FinalSigma.ZERO, none)
                .over(3)
                .timesteps())
        .containsExactly(999, 666, 333);
    assertThat(
            dpm(TimestepSpacing.TRAILING, SigmaSpacing.TIMESTEPS, FinalSigma.ZERO, none)
                .over(4)
                .timesteps())
        .containsExactly(999, 749, 499, 249);
  }

  @Test
  void dpmStepsHaveUnitVariance() {
    double none = Double.NEGATIVE_INFINITY;
    for (SigmaSpacing sigmas : SigmaSpacing.values()) {
      SampledSchedule walk = dpm(TimestepSpacing.LINSPACE, sigmas, FinalSigma.ZERO, none).over(5);
      for (int i = 0; i < 5; i++) {
        NoiseLevel level = at(walk, i);
        assertThat(Math.hypot(level.alpha(), level.sigma())).isCloseTo(1, within(1e-12));
      }
      requireLevel(landing(walk, 4), 1, 0);
    }
    SampledSchedule left =
        dpm(TimestepSpacing.LINSPACE, SigmaSpacing.LU, FinalSigma.SIGMA_MIN, none).over(5);
    float[] ratios = BARS.ratios();
    NoiseLevel end = landing(left, 4);
    assertThat(end.sigma() / end.alpha()).isCloseTo(ratios[0], F32);
    // Equal steps of the logarithm from the last timestep to the first.
    NoiseLevel middle = at(left, 2);
    assertThat(Math.log(middle.sigma() / middle.alpha()))
        .isCloseTo((Math.log(ratios[999]) + Math.log(ratios[0])) / 2, F32);
  }

  @Test
  void dpmLeavesOutWhatIsTooNoisy() {
    double clip = Math.log(BARS.alpha(900)) - Math.log(BARS.sigma(900));
    SampledSchedule walk =
        dpm(TimestepSpacing.LINSPACE, SigmaSpacing.TIMESTEPS, FinalSigma.ZERO, clip).over(3);
    assertThat(walk.timesteps()).containsExactly(900, 600, 300);
    assertThatThrownBy(() ->
            dpm(TimestepSpacing.LINSPACE, SigmaSpacing.TIMESTEPS, FinalSigma.ZERO, clip).over(1000))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("too many");
  }

  @Test
  void flowSteps() {
    SampledSchedule plain =
        new FlowSteps(1, OptionalDouble.empty(), SigmaSpacing.TIMESTEPS).over(4);
    double[] sigmas = {1, 0.667, 0.334, 0.001};
    for (int i = 0; i < 4; i++) {
      assertThat(at(plain, i).sigma()).isCloseTo(sigmas[i], F32);
      assertThat(at(plain, i).alpha()).isCloseTo(1 - sigmas[i], F32);
      assertThat(plain.timesteps()[i]).isCloseTo(1000 * sigmas[i], within(1e-3));
    }
    requireLevel(landing(plain, 3), 1, 0);
    SampledSchedule shifted =
        new FlowSteps(3, OptionalDouble.empty(), SigmaSpacing.TIMESTEPS).over(2);
    // The least sigma is shifted twice.
    double least = 3 * 0.001 / (1 + 2 * 0.001);
    assertThat(at(shifted, 0).sigma()).isOne();
    assertThat(at(shifted, 1).sigma()).isCloseTo(3 * least / (1 + 2 * least), F32);
    SampledSchedule stretched =
        new FlowSteps(1, OptionalDouble.of(0.2), SigmaSpacing.TIMESTEPS).over(4);
    assertThat(at(stretched, 3).sigma()).isCloseTo(0.2, F32);
    assertThat(at(stretched, 1).sigma()).isCloseTo(1 - 0.333 * 0.8 / 0.999, F32);
    assertThatThrownBy(() -> new FlowSteps(1, OptionalDouble.of(1), SigmaSpacing.TIMESTEPS))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void dpmStepsOverFlow() {
    SampledSchedule walk = new DpmFlowSteps(3).over(3);
    for (int i = 0; i < 3; i++) {
      double s = (3 - i) / 3.0 * 0.999;
      double sigma = 3 * s / (1 + 2 * s);
      assertThat(at(walk, i).sigma()).isCloseTo(sigma, F32);
      assertThat(at(walk, i).alpha()).isCloseTo(1 - sigma, F32);
      assertThat(walk.timesteps()[i]).isEqualTo(Math.floor(1000 * sigma));
    }
    requireLevel(landing(walk, 2), 1, 0);
  }

  @Test
  void lcmSteps() {
    SampledSchedule walk = new LcmSteps(BARS, 50).over(4);
    // Every 20th timestep back from 999, of which every 12.5th is taken.
    assertThat(walk.timesteps()).containsExactly(999, 759, 499, 259);
    requireLevel(landing(walk, 1), BARS.alpha(499), BARS.sigma(499));
    requireLevel(landing(walk, 3), 1, 0);
    assertThatThrownBy(() -> new LcmSteps(BARS, 50).over(51)).isInstanceOf(UserError.class);
    assertThatThrownBy(() -> new LcmSteps(BARS, 1001)).isInstanceOf(UserError.class);
  }

  @Test
  void rangesRise() {
    assertThatThrownBy(
            () -> new EulerSteps.Range(java.util.Optional.of(2.0), java.util.Optional.of(1.0)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
