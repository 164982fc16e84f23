package io.zoetrope.diffusion.discrete;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Against closed forms, by hand. Everything is f32 inside. */
class AlphaBarsTest {
  private static final Offset<Double> F32 = within(1e-6);

  private static final List<AlphaBars> ALL =
      List.of(
          AlphaBars.linear(1000, 1e-4, 0.02),
          AlphaBars.scaledLinear(1000, 0.00085, 0.012),
          AlphaBars.squaredCosine(1000),
          AlphaBars.scaledLinear(1000, 0.00085, 0.012).withZeroSnr());

  private static void requireBars(AlphaBars bars, double... expected) {
    assertThat(bars.steps()).isEqualTo(expected.length);
    for (int t = 0; t < expected.length; t++) {
      assertThat(bars.at(t)).as("timestep %d", t).isCloseTo(expected[t], F32);
    }
  }

  /** Betas 0.1, 0.2, 0.3, 0.4. */
  @Test
  void linear() {
    requireBars(
        AlphaBars.linear(4, 0.1, 0.4), 0.9, 0.9 * 0.8, 0.9 * 0.8 * 0.7, 0.9 * 0.8 * 0.7 * 0.6);
  }

  /** Roots 0.1, 0.2, 0.3, so betas 0.01, 0.04, 0.09. */
  @Test
  void scaledLinear() {
    requireBars(AlphaBars.scaledLinear(3, 0.01, 0.09), 0.99, 0.99 * 0.96, 0.99 * 0.96 * 0.91);
  }

  /** The product of the ratios is the ratio of the ends; the last beta is cut at 0.999. */
  @Test
  void squaredCosine() {
    double[] expected = new double[10];
    double first = squaredCosine(0);
    for (int t = 0; t < 9; t++) {
      expected[t] = squaredCosine((t + 1) / 10.0) / first;
    }
    expected[9] = expected[8] * 0.001;
    requireBars(AlphaBars.squaredCosine(10), expected);
  }

  private static double squaredCosine(double t) {
    return Math.pow(Math.cos((t + 0.008) / 1.008 * Math.PI / 2), 2);
  }

  @Test
  void betasThemselves() {
    requireBars(AlphaBars.ofBetas("own", 0.5f, 0.5f, 1), 0.5, 0.25, 0);
    for (float bad : new float[] {0, -0.1f, 1.1f, Float.NaN}) {
      assertThatThrownBy(() -> AlphaBars.ofBetas("own", 0.5f, bad))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("step 1");
    }
  }

  /** Roots are shifted and stretched: the first stays, the last is 0, between them it is a line. */
  @Test
  void zeroSnr() {
    AlphaBars plain = AlphaBars.ofBetas("own", 0.19f, 0.36f, 0.4375f);
    // Roots 0.9, 0.72, 0.54: minus the last 0.36, 0.18, 0, times 0.9 / 0.36.
    requireBars(plain, 0.81, 0.81 * 0.64, 0.81 * 0.64 * 0.5625);
    requireBars(plain.withZeroSnr(), 0.81, 0.45 * 0.45, 0);
    assertThat(plain.withZeroSnr().at(2)).isZero();
    assertThat(plain.withZeroSnr().sigma(2)).isOne();
    assertThat(plain.withZeroSnr().ratios()[2]).isInfinite();
  }

  @Test
  void aboveZeroHasTheLeastThatIsNotZero() {
    AlphaBars lifted = AlphaBars.ofBetas("own", 0.5f, 1).aboveZero();
    assertThat(lifted.at(1)).isEqualTo(0x1p-24);
    assertThat(lifted.at(0)).isEqualTo(0.5);
    assertThat(lifted.ratios()[1]).isCloseTo(4096, within(1e-3f));
    AlphaBars plain = AlphaBars.linear(10, 0.1, 0.2);
    assertThat(plain.aboveZero()).isSameAs(plain);
  }

  @Test
  void whatIsLeftFallsAndItsPartsAddUp() {
    for (AlphaBars bars : ALL) {
      for (int t = 0; t < bars.steps(); t++) {
        double square = bars.alpha(t) * bars.alpha(t) + bars.sigma(t) * bars.sigma(t);
        assertThat(square).as("%s %d", bars, t).isCloseTo(1, F32);
        assertThat(bars.at(t)).isLessThan(t == 0 ? 1 : bars.at(t - 1));
        if (bars.at(t) > 0) {
          double ratio = bars.sigma(t) / bars.alpha(t);
          assertThat((double) bars.ratios()[t]).isCloseTo(ratio, within(1e-6 * ratio));
        }
      }
    }
  }

  @Test
  void theSameNumbersAreEqual() {
    AlphaBars one = AlphaBars.linear(10, 0.1, 0.2);
    assertThat(one).isEqualTo(AlphaBars.linear(10, 0.1, 0.2));
    assertThat(one).hasSameHashCodeAs(AlphaBars.linear(10, 0.1, 0.2));
    assertThat(one).isNotEqualTo(AlphaBars.linear(10, 0.1, 0.21));
  }
}
