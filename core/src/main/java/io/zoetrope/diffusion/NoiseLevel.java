package io.zoetrope.diffusion;

/**
 * One noise level under a schedule: {@code z = alpha x0 + sigma eps}.
 *
 * @param u the level, in [0, 1]; 1 is noise, 0 is clean
 * @param alpha scale of the clean video, at least 0
 * @param sigma scale of the noise, at least 0
 */
public record NoiseLevel(double u, double alpha, double sigma) {
  public NoiseLevel {
    if (!(alpha >= 0 && sigma >= 0 && alpha + sigma > 0)) {
      throw new IllegalArgumentException(
          "alpha " + alpha + " and sigma " + sigma + " are no noise level");
    }
  }

  /** {@code ln(alpha^2 / sigma^2)}: infinite where sigma or alpha is 0. */
  public double logSnr() {
    return 2 * (Math.log(alpha) - Math.log(sigma));
  }

  /** {@code alpha^2 / sigma^2}. */
  public double snr() {
    return (alpha / sigma) * (alpha / sigma);
  }

  /**
   * {@code sqrt(alpha^2 + sigma^2)}: the scale of z when x0 has unit variance. 1 under a VP
   * schedule.
   */
  public double scale() {
    return Math.hypot(alpha, sigma);
  }
}
