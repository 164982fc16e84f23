package io.zoetrope.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.torch.Tensors;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class NoiseScheduleTest {
  static Stream<NoiseSchedule> all() {
    return Stream.of(
        NoiseSchedule.cosine(),
        NoiseSchedule.linear(),
        NoiseSchedule.scaledLinear(),
        NoiseSchedule.karras(),
        NoiseSchedule.flow(1),
        NoiseSchedule.flow(3),
        NoiseSchedule.flow(0.5));
  }

  @ParameterizedTest
  @MethodSource("all")
  void logSnrFallsAndInverts(NoiseSchedule schedule) {
    double before = Double.POSITIVE_INFINITY;
    for (int i = 1; i <= 2000; i++) {
      double u = i / 2000.0;
      NoiseLevel level = schedule.at(u);
      assertThat(level.logSnr()).isLessThan(before);
      before = level.logSnr();
      if (Double.isFinite(before)) {
        assertThat(schedule.level(before)).isCloseTo(u, within(1e-9));
      }
    }
    assertThat(schedule.level(1000)).isCloseTo(0, within(1e-200));
    assertThat(schedule.level(Double.POSITIVE_INFINITY)).isZero();
    assertThat(schedule.level(-1000)).isEqualTo(1);
    assertThat(schedule.level(Double.NEGATIVE_INFINITY)).isEqualTo(1);
  }

  @Test
  void variancePreservingSchedulesPreserveVariance() {
    for (NoiseSchedule schedule :
        new NoiseSchedule[] {
          NoiseSchedule.cosine(), NoiseSchedule.linear(), NoiseSchedule.scaledLinear()
        }) {
      for (int i = 0; i <= 1000; i++) {
        assertThat(schedule.at(i / 1000.0).scale()).isCloseTo(1, within(1e-14));
      }
    }
  }

  @Test
  void scaledLinearIsStableDiffusions() {
    NoiseSchedule schedule = NoiseSchedule.scaledLinear();
    double[] levels = schedule.trainingLevels();
    assertThat(levels).hasSize(1000);
    // alphas_cumprod of the published schedule: 1 - 0.00085 at first, 0.00466 at last.
    assertThat(square(schedule.alpha(levels[0]))).isCloseTo(0.99915, within(1e-12));
    assertThat(square(schedule.alpha(levels[999]))).isCloseTo(0.0046601, within(1e-7));
    // k-diffusion's range of sigma / alpha for it.
    assertThat(schedule.sigma(levels[0]) / schedule.alpha(levels[0]))
        .isCloseTo(0.0292, within(5e-5));
    assertThat(schedule.sigma(1) / schedule.alpha(1)).isCloseTo(14.6146, within(5e-5));
    for (int step : new int[] {0, 1, 500, 999}) {
      assertThat(schedule.timestepInput(levels[step])).isCloseTo(step, within(1e-9));
    }
    assertThat(schedule.timestepInput(0)).isZero();
    assertThat(schedule.at(0)).isEqualTo(new NoiseLevel(0, 1, 0));
  }

  @Test
  void linearIsDdpms() {
    NoiseSchedule schedule = NoiseSchedule.linear();
    assertThat(square(schedule.alpha(0.001))).isCloseTo(0.9999, within(1e-12));
    double product = 1;
    for (int i = 0; i < 1000; i++) {
      product *= 1 - (1e-4 + (0.02 - 1e-4) * i / 999);
    }
    assertThat(square(schedule.alpha(1))).isCloseTo(product, within(1e-12));
    assertThat(product).isCloseTo(4.0358e-5, within(1e-8));
  }

  @Test
  void cosineIsClippedWhereItSays() {
    NoiseSchedule schedule = NoiseSchedule.cosine();
    assertThat(schedule.logSnr(0)).isCloseTo(20, within(1e-9));
    assertThat(schedule.logSnr(1)).isCloseTo(-20, within(1e-9));
    assertThat(schedule.logSnr(0.5)).isCloseTo(0, within(1e-12));
    double b = Math.atan(Math.exp(-10));
    double a = Math.atan(Math.exp(10)) - b;
    assertThat(schedule.logSnr(0.3)).isCloseTo(-2 * Math.log(Math.tan(0.3 * a + b)), within(1e-12));
  }

  @Test
  void karrasSpacingIsThePapers() {
    NoiseSchedule schedule = NoiseSchedule.karras();
    double[] levels = schedule.spacing(18);
    assertThat(levels).hasSize(19);
    for (int i = 0; i < 18; i++) {
      double expected =
          Math.pow(
              Math.pow(80, 1 / 7.0) + i / 17.0 * (Math.pow(0.002, 1 / 7.0) - Math.pow(80, 1 / 7.0)),
              7);
      assertThat(schedule.sigma(levels[i])).isCloseTo(expected, within(1e-12 * 80));
      assertThat(schedule.alpha(levels[i])).isEqualTo(1);
    }
    assertThat(schedule.sigma(levels[18])).isZero();
    assertThat(schedule.timestepInput(levels[0])).isCloseTo(0.25 * Math.log(80), within(1e-12));
    assertThat(schedule.timestepInput(0)).isCloseTo(0.25 * Math.log(0.002), within(1e-12));
    assertThat(schedule.spacing(1)).containsExactly(1, 0);
  }

  @Test
  void flowShiftMovesLevelsTowardsNoise() {
    assertThat(NoiseSchedule.flow(1).at(0.3)).isEqualTo(new NoiseLevel(0.3, 0.7, 0.3));
    NoiseSchedule shifted = NoiseSchedule.flow(3);
    assertThat(shifted.sigma(0.5)).isCloseTo(0.75, within(1e-15));
    assertThat(shifted.alpha(0.5)).isCloseTo(0.25, within(1e-15));
    assertThat(shifted.timestepInput(0.5)).isCloseTo(750, within(1e-12));
    assertThat(shifted.at(0)).isEqualTo(new NoiseLevel(0, 1, 0));
    assertThat(shifted.at(1)).isEqualTo(new NoiseLevel(1, 0, 1));
  }

  @ParameterizedTest
  @MethodSource("all")
  void everySpacingFallsFromOneToZero(NoiseSchedule schedule) {
    for (Spacing spacing : Spacing.values()) {
      for (int steps : new int[] {1, 2, 3, 25, 100}) {
        double[] levels = spacing.levels(schedule, steps);
        assertThat(levels).hasSize(steps + 1);
        assertThat(levels[0]).isEqualTo(1);
        assertThat(levels[steps]).isZero();
        for (int i = 1; i <= steps; i++) {
          assertThat(levels[i]).as("%s, %d", spacing, i).isLessThan(levels[i - 1]);
        }
      }
      assertThatThrownBy(() -> spacing.levels(schedule, 0)).hasMessageContaining("at least 1 step");
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void tensorsAgreeWithDoubles(NoiseSchedule schedule) {
    try (PointerScope scope = new PointerScope()) {
      double[] u = {0.01, 0.25, 0.5, 0.75, 0.99, 1};
      Tensor u_BF = Tensors.of(u, 2, 3);
      Tensor alpha = schedule.alpha(u_BF);
      assertThat(Tensors.shape(alpha)).containsExactly(2, 3);
      for (int i = 0; i < u.length; i++) {
        assertThat(Tensors.toDoubles(alpha)[i]).isEqualTo(schedule.alpha(u[i]));
        assertThat(Tensors.toDoubles(schedule.sigma(u_BF))[i]).isEqualTo(schedule.sigma(u[i]));
        assertThat(Tensors.toDoubles(schedule.logSnr(u_BF))[i]).isEqualTo(schedule.logSnr(u[i]));
        assertThat(Tensors.toDoubles(schedule.timestepInput(u_BF))[i])
            .isEqualTo(schedule.timestepInput(u[i]));
      }
      Tensor narrow = schedule.sigma(u_BF.to(ScalarType.Float));
      assertThat(narrow.scalar_type().intern()).isEqualTo(ScalarType.Float);
      assertThat(Tensors.toFloats(narrow)[2]).isEqualTo((float) schedule.sigma(0.5));
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1e-9, 1.0000001, Double.NaN, Double.POSITIVE_INFINITY})
  void whatIsNoLevelIsRefused(double u) {
    all()
        .forEach(schedule ->
            assertThatThrownBy(() -> schedule.at(u))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[0, 1]"));
  }

  @Test
  void badParametersAreRefused() {
    assertThatThrownBy(() -> NoiseSchedule.flow(0)).hasMessageContaining("above 0");
    assertThatThrownBy(() -> NoiseSchedule.flow(Double.NaN)).hasMessageContaining("above 0");
    assertThatThrownBy(() -> new CosineSchedule(20, -20)).hasMessageContaining("rise");
    assertThatThrownBy(() -> new KarrasSchedule(0, 80, 7)).hasMessageContaining("rise");
    assertThatThrownBy(() -> DiscreteBetaSchedule.linear(1, 0.1, 0.2))
        .hasMessageContaining("at least 2");
    assertThatThrownBy(() -> DiscreteBetaSchedule.linear(10, 0.1, 1.2))
        .hasMessageContaining("beta");
  }

  @Test
  void theForwardProcessIsPerFrame() {
    try (PointerScope scope = new PointerScope()) {
      NoiseSchedule schedule = NoiseSchedule.flow(1);
      Tensor x0 = Tensors.full(1, 2, 1, 3, 1, 1);
      Tensor eps = Tensors.full(10, 2, 1, 3, 1, 1);
      Tensor u_BF = Tensors.of(new double[] {0, 0.5, 1, 0.25, 0.25, 0.25}, 2, 3);
      assertThat(Tensors.toFloats(schedule.noisyInput(x0, eps, u_BF)))
          .containsExactly(1, 5.5f, 10, 3.25f, 3.25f, 3.25f);
      // One level for each clip is the broadcast.
      Tensor each = Tensors.of(new double[] {0.5, 0.25}, 2);
      assertThat(Tensors.toFloats(schedule.noisyInput(x0, eps, each)))
          .containsExactly(5.5f, 5.5f, 5.5f, 3.25f, 3.25f, 3.25f);
      assertThatThrownBy(
              () -> schedule.noisyInput(x0, eps, Tensors.of(new double[] {0, 0, 0, 0}, 2, 2)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("do not fit");
    }
  }

  private static double square(double x) {
    return x * x;
  }
}
