package io.zoetrope.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.torch.Ops;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.Arrays;
import java.util.stream.DoubleStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What Stable Video Diffusion calls EDM is V on Karras's levels: its c_skip, c_out and c_in,
 * written out here from the paper (Blattmann et al. 2023, appendix D.1), give the same clean video.
 */
class EdmIsVTest {
  private static final KarrasSchedule SVD = new KarrasSchedule(0.002, 700, 7);

  /** From 0.002 to 700, evenly in their logarithm. */
  static DoubleStream sigmas() {
    double low = Math.log(0.002);
    double high = Math.log(700);
    return DoubleStream.iterate(0, i -> i <= 60, i -> i + 1)
        .map(i -> Math.exp(low + (high - low) * i / 60));
  }

  private static NoiseLevel level(double sigma) {
    NoiseLevel level = SVD.at(SVD.level(-2 * Math.log(sigma)));
    assertThat(level.sigma()).isCloseTo(sigma, within(1e-9 * sigma));
    return level;
  }

  /** [2, 3] of one level, in f64. */
  private static Tensor levels(NoiseLevel level) {
    double[] all = new double[6];
    Arrays.fill(all, level.u());
    return Tensors.of(all, 2, 3);
  }

  private static Tensor normal(String name) {
    try (RandomStream stream = new RandomStreams(8).stream(name)) {
      return stream.normal(2, 4, 3, 5, 5).to(ScalarType.Double);
    }
  }

  private static double largest(Tensor x) {
    return x.abs().max().item_double();
  }

  @ParameterizedTest
  @MethodSource("sigmas")
  void theCleanVideoIsTheSame(double sigma) {
    NoiseLevel level = level(sigma);
    double s = level.sigma();
    Scopes.run(() -> {
      Tensor x0 = normal("x0");
      Tensor raw = normal("raw");
      Tensor z = x0.add(Ops.mul(normal("eps"), s));
      Tensor u_BF = levels(level);
      Levels levels = SVD.levels(u_BF, z);
      double skip = 1 / (s * s + 1);
      double out = -s / Math.sqrt(s * s + 1);
      Tensor theirs = Ops.mul(z, skip).add(Ops.mul(raw, out));
      Tensor ours = Prediction.V.toX0(raw, z, levels);
      assertThat(largest(ours.sub(theirs))).isLessThan(1e-12 * largest(theirs));
      assertThat(Prediction.V.inputScale(level)).isCloseTo(1 / Math.sqrt(s * s + 1), within(1e-9));
      assertThat(SVD.timestepInput(level.u())).isCloseTo(Math.log(s) / 4, within(1e-9));
      // The other EDM, of data of deviation 1, says the same with the other sign.
      Tensor mirrored = Prediction.edm(1).toX0(raw.neg(), z, levels);
      assertThat(largest(ours.sub(mirrored))).isLessThan(1e-12 * largest(ours));
    });
  }

  /** Weight (1 + s^2) / s^2 on the clean video is 1 on what the network says. */
  @ParameterizedTest
  @MethodSource("sigmas")
  void theLossIsThatOfTheRawOutput(double sigma) {
    NoiseLevel level = level(sigma);
    double s = level.sigma();
    Scopes.run(() -> {
      Tensor x0 = normal("x0");
      Tensor eps = normal("eps");
      Tensor raw = normal("raw");
      Tensor z = x0.add(Ops.mul(eps, s));
      Levels levels = SVD.levels(levels(level), z);
      Tensor miss = raw.sub(Prediction.V.from(x0, eps, levels));
      double plain =
          new LossWeight.Constant().weight(level, Prediction.V)
              * miss.mul(miss).mean().item_double();
      Tensor off = Prediction.V.toX0(raw, z, levels).sub(x0);
      double weighed = (1 + s * s) / (s * s) * off.mul(off).mean().item_double();
      // Where there is next to no noise, the clean video of two is a difference of near numbers.
      assertThat(weighed).isCloseTo(plain, within(1e-9 * plain / Math.min(1, s)));
    });
  }

  @Test
  void noiseBeginsAtItsOwnScaleAndWhatIsHeldIsToldTheLeast() {
    assertThat(SVD.bornScale()).isCloseTo(Math.sqrt(700.0 * 700 + 1), within(1e-9));
    assertThat(SVD.sigma(0)).isZero();
    assertThat(SVD.timestepInput(0)).isCloseTo(Math.log(0.002) / 4, within(1e-12));
  }

  /**
   * Each stage of the paper: ln sigma has its mean and deviation, clip by clip or frame by frame.
   */
  @Test
  void levelsAreDrawnAsThePaperDrawsThem() {
    for (double[] stage : new double[][] {{-1.2, 1}, {0, 1}, {0.5, 1.4}, {1, 1.6}}) {
      for (double perFrame : new double[] {0, 1}) {
        TimestepSampler sampler =
            new TimestepSampler(new TimestepSampler.LogNormalSigma(stage[0], stage[1]), perFrame);
        double[] u;
        try (RandomStream random = new RandomStreams(2).stream("levels")) {
          u = Scopes.value(() -> Tensors.toDoubles(sampler.draw(SVD, random, 6000, 2)));
        }
        double[] log = DoubleStream.of(u).map(x -> Math.log(SVD.sigma(x))).toArray();
        double mean = DoubleStream.of(log).average().orElseThrow();
        double variance =
            DoubleStream.of(log).map(x -> (x - mean) * (x - mean)).average().orElseThrow();
        assertThat(mean).isCloseTo(stage[0], within(0.05));
        assertThat(Math.sqrt(variance)).isCloseTo(stage[1], within(0.05));
        assertThat(u[0] == u[1]).isEqualTo(perFrame == 0);
      }
    }
  }

  @Test
  void whatASchedulesDoesNotHaveIsCounted() {
    TimestepSampler.LogNormalSigma drawn = new TimestepSampler.LogNormalSigma(1, 1.6);
    assertThat(drawn.beyond(SVD)).isLessThan(0.001);
    // Stable Diffusion's betas end at sigma / alpha 14.6: ln 14.6 = 2.68 is 1.05 deviations away.
    assertThat(drawn.beyond(NoiseSchedule.scaledLinear())).isCloseTo(0.147, within(0.003));
    assertThat(drawn.beyond(NoiseSchedule.flow(1))).isZero();
  }
}
