package io.zoetrope.diffusion.sampler;

import io.zoetrope.diffusion.NoiseLevel;
import java.util.Arrays;

/**
 * What the probability-flow ODE does to a one-dimensional mixture, without integrating it: in one
 * dimension the flow keeps every point at its quantile, so a point z at one level lands at {@code
 * F_0^-1(F_t(z))}. An exact reference that shares no code with the samplers.
 */
record Transport(double[] weight, double[] mean, double[] deviation) {

  static Transport of(Mixture mixture) {
    return new Transport(mixture.weight(), mixture.mean(), mixture.deviation());
  }

  /** The probability that a noisy element at this level is below z. */
  double cdf(double z, NoiseLevel level) {
    double p = 0;
    for (int k = 0; k < weight.length; k++) {
      double spread = Math.hypot(level.alpha() * deviation[k], level.sigma());
      p += weight[k] * normalCdf((z - level.alpha() * mean[k]) / spread);
    }
    return p;
  }

  /** The inverse of {@link #cdf} by bisection. */
  double quantile(double p, NoiseLevel level) {
    double low = -10 * level.scale();
    double high = -low;
    for (int i = 0; i < 200; i++) {
      double middle = 0.5 * (low + high);
      if (cdf(middle, level) < p) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return 0.5 * (low + high);
  }

  /** Wasserstein-1 distance between samples and the distribution at a level. */
  double wasserstein(double[] samples, NoiseLevel level) {
    double[] sorted = samples.clone();
    Arrays.sort(sorted);
    // The mean distance of matched quantiles, on a grid fine enough for samples in the thousands.
    int grid = 1000;
    double sum = 0;
    for (int i = 0; i < grid; i++) {
      double p = (i + 0.5) / grid;
      sum += Math.abs(sorted[(int) (p * sorted.length)] - quantile(p, level));
    }
    return sum / grid;
  }

  /** Marsaglia 2004, "Evaluating the Normal Distribution": the series to full double precision. */
  private static double normalCdf(double x) {
    if (Math.abs(x) > 8) {
      return x > 0 ? 1 : 0;
    }
    double sum = x;
    double term = x;
    double before = Double.NaN;
    for (int i = 3; sum != before; i += 2) {
      before = sum;
      term *= x * x / i;
      sum += term;
    }
    return 0.5 + sum * Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
  }
}
