package io.zoetrope.train.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.diffusion.LossWeight;
import io.zoetrope.diffusion.NoiseLevel;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights and errors at chosen levels are what the formulas say. */
class LossErrorTest {
  private static final double[] SNRS = {0.01, 0.5, 1, 5, 40};

  private static NoiseLevel at(double snr) {
    return new NoiseLevel(0.5, Math.sqrt(snr / (snr + 1)), Math.sqrt(1 / (snr + 1)));
  }

  @Test
  void weightsAreThoseOfKohya() {
    for (double snr : SNRS) {
      NoiseLevel level = at(snr);
      LossWeight gamma = LossWeight.of("min-snr");
      assertThat(gamma.weight(level, Prediction.EPS))
          .isCloseTo(Math.min(snr, 5) / snr, within(1e-12));
      assertThat(gamma.weight(level, Prediction.V))
          .isCloseTo(Math.min(snr, 5) / (snr + 1), within(1e-12));
      assertThat(LossWeight.of("snr").weight(level, Prediction.V))
          .isCloseTo(snr / (snr + 1), within(1e-12));
      assertThat(LossWeight.of("debiased").weight(level, Prediction.EPS))
          .isCloseTo(1 / Math.sqrt(snr), within(1e-9));
    }
    assertThat(LossWeight.of("debiased").weight(new NoiseLevel(1, 0, 1), Prediction.EPS))
        .isEqualTo(1000);
  }

  /** Each frame at its own level: the error by formula, its gradient by differences, in f64. */
  @ParameterizedTest
  @ValueSource(strings = {"square", "huber"})
  void errorsAreTheFormulasFrameByFrame(String name) {
    LossError error = LossError.of(name);
    double[] u = {0.1, 0.9};
    double[] d = {0.3, -2};
    NoiseSchedule schedule = NoiseSchedule.scaledLinear();
    Scopes.run(() -> {
      Tensor difference =
          Tensors.of(d, 1, 1, 2, 1, 1).to(ScalarType.Double).set_requires_grad(true);
      Tensor u_BF = Tensors.of(u, 1, 2);
      Tensor each = error.of(difference, schedule.levels(u_BF, difference));
      each.sum().backward();
      double[] values = Tensors.toDoubles(each);
      double[] slopes = Tensors.toDoubles(difference.grad());
      for (int i = 0; i < 2; i++) {
        NoiseLevel level = schedule.at(u[i]);
        double h = 1e-5;
        assertThat(values[i]).isCloseTo(formula(name, d[i], level), within(1e-9));
        double slope = (formula(name, d[i] + h, level) - formula(name, d[i] - h, level)) / (2 * h);
        assertThat(slopes[i]).isCloseTo(slope, within(1e-7));
      }
    });
  }

  private static double formula(String name, double d, NoiseLevel level) {
    if (name.equals("square")) {
      return d * d;
    }
    double c = 0.9 / Math.pow(1 + level.sigma() / level.alpha(), 2) + 0.1;
    return 2 * c * (Math.sqrt(d * d + c * c) - c);
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    assertThatThrownBy(() -> LossError.of("hubber"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("it is square or huber");
    assertThatThrownBy(() -> new LossError.Huber(0, LossError.Huber.Fall.SNR))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("delta must be above 0");
    assertThatThrownBy(() -> new LossWeight.MinSnr(0))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("gamma must be above 0");
  }
}
