package io.zoetrope.diffusion.discrete;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.error.UserError;
import org.junit.jupiter.api.Test;

/** Timesteps and noise ratios, by hand. */
class SpacingTest {
  @Test
  void leadingTimesteps() {
    assertThat(TimestepSpacing.LEADING.timesteps(1000, 10, 1))
        .containsExactly(901, 801, 701, 601, 501, 401, 301, 201, 101, 1);
    // 1000 / 3 is 333 and a rest, which is left out.
    assertThat(TimestepSpacing.LEADING.timesteps(1000, 3, 0)).containsExactly(666, 333, 0);
    assertThat(TimestepSpacing.LEADING.timesteps(1000, 1, 1)).containsExactly(1);
  }

  @Test
  void trailingTimesteps() {
    assertThat(TimestepSpacing.TRAILING.timesteps(1000, 5, 1))
        .containsExactly(999, 799, 599, 399, 199);
    // 1000, 666.7 and 333.3 rounded, minus 1.
    assertThat(TimestepSpacing.TRAILING.timesteps(1000, 3, 0)).containsExactly(999, 666, 332);
    assertThat(TimestepSpacing.TRAILING.timesteps(1000, 1, 0)).containsExactly(999);
  }

  @Test
  void timestepsOnALine() {
    assertThat(TimestepSpacing.LINSPACE.timesteps(1000, 10, 1))
        .containsExactly(999, 888, 777, 666, 555, 444, 333, 222, 111, 0);
    assertThat(TimestepSpacing.LINSPACE.timesteps(1000, 3, 0)).containsExactly(999, 499.5, 0);
    assertThat(TimestepSpacing.LINSPACE.timesteps(1000, 1, 0)).containsExactly(0);
  }

  @Test
  void allTimestepsAtOnce() {
    for (TimestepSpacing spacing : TimestepSpacing.values()) {
      assertThat(spacing.timesteps(4, 4, 0)).as("%s", spacing).containsExactly(3, 2, 1, 0);
      assertThatThrownBy(() -> spacing.timesteps(4, 5, 0))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("more than the 4");
    }
    assertThatThrownBy(() -> TimestepSpacing.LEADING.timesteps(4, 4, 1))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("begins at timestep 4");
  }

  @Test
  void namesOfConfigs() {
    for (TimestepSpacing spacing : TimestepSpacing.values()) {
      assertThat(TimestepSpacing.of(spacing.name().toLowerCase(java.util.Locale.ROOT)))
          .isEqualTo(spacing);
    }
    assertThat(FinalSigma.of("zero")).isEqualTo(FinalSigma.ZERO);
    assertThat(FinalSigma.of("sigma_min")).isEqualTo(FinalSigma.SIGMA_MIN);
    assertThatThrownBy(() -> TimestepSpacing.of("Leading"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("leading, trailing, linspace");
    assertThatThrownBy(() -> FinalSigma.of("none")).isInstanceOf(UserError.class);
  }

  /** Seventh roots 2, 1.5 and 1. */
  @Test
  void karras() {
    double[] sigmas = SigmaSpacing.KARRAS.between(128, 1, 3);
    assertThat(sigmas[0]).isCloseTo(128, within(1e-10));
    assertThat(sigmas[1]).isCloseTo(Math.pow(1.5, 7), within(1e-12));
    assertThat(sigmas[2]).isCloseTo(1, within(1e-14));
  }

  @Test
  void exponential() {
    for (SigmaSpacing spacing : new SigmaSpacing[] {SigmaSpacing.EXPONENTIAL, SigmaSpacing.LU}) {
      double[] sigmas = spacing.between(16, 1, 5);
      for (int i = 0; i < 5; i++) {
        assertThat(sigmas[i]).isCloseTo(16 >> i, within(1e-13));
      }
    }
  }

  @Test
  void oneStepBeginsAtTheTop() {
    assertThat(SigmaSpacing.KARRAS.between(128, 1, 1)[0]).isCloseTo(128, within(1e-10));
    assertThat(SigmaSpacing.EXPONENTIAL.between(16, 1, 1)[0]).isCloseTo(16, within(1e-13));
  }

  @Test
  void aTableIsALineInTheRatioOneWayAndInItsLogarithmTheOther() {
    AlphaBars bars = AlphaBars.linear(10, 0.1, 0.4);
    float[] ratios = bars.ratios();
    SigmaTable table = new SigmaTable(bars);
    for (int t = 0; t < 10; t++) {
      assertThat(table.at(t)).isEqualTo(ratios[t]);
      assertThat(table.timestep(ratios[t])).isCloseTo(t, within(1e-5));
    }
    assertThat(table.at(2.25)).isCloseTo(0.75 * ratios[2] + 0.25 * ratios[3], within(1e-7));
    double middle = Math.sqrt((double) ratios[4] * ratios[5]);
    assertThat(table.timestep(middle)).isCloseTo(4.5, within(1e-5));
    assertThat(table.timestep(0)).isZero();
    assertThat(table.timestep(1e9)).isEqualTo(9);
    assertThat(table.at(12)).isEqualTo(ratios[9]);
    assertThat(table.least()).isEqualTo(ratios[0]);
    assertThat(table.most()).isEqualTo(ratios[9]);
  }
}
