package io.zoetrope.diffusion;

/**
 * The schedule of EDM (Karras et al. 2022, "Elucidating the Design Space", table 1 and equation 5):
 * alpha is 1 and sigma rises from {@code sigmaMin} to {@code sigmaMax}, warped by {@code rho}.
 * Below a small level, {@value #FLOOR}, sigma falls linearly to 0, so that level 0 is exactly
 * clean. The network is told {@code ln(sigma) / 4}, for sigma at least sigmaMin.
 */
public record KarrasSchedule(double sigmaMin, double sigmaMax, double rho)
    implements NoiseSchedule {
  /** The level of sigmaMin. */
  public static final double FLOOR = 0.001;

  public KarrasSchedule {
    if (!(sigmaMin > 0 && sigmaMax > sigmaMin && Double.isFinite(sigmaMax) && rho >= 1)) {
      throw new IllegalArgumentException(
          "sigma must rise from above 0 with rho at least 1, not "
              + sigmaMin
              + " to "
              + sigmaMax
              + " with rho "
              + rho);
    }
  }

  @Override
  public NoiseLevel at(double u) {
    NoiseSchedule.check(u);
    if (u <= FLOOR) {
      return new NoiseLevel(u, 1, sigmaMin * (u / FLOOR));
    }
    double low = Math.pow(sigmaMin, 1 / rho);
    double high = Math.pow(sigmaMax, 1 / rho);
    return new NoiseLevel(u, 1, Math.pow(low + (u - FLOOR) / (1 - FLOOR) * (high - low), rho));
  }

  @Override
  public double level(double logSnr) {
    double sigma = Math.exp(-0.5 * logSnr);
    if (sigma <= sigmaMin) {
      return FLOOR * sigma / sigmaMin;
    }
    double low = Math.pow(sigmaMin, 1 / rho);
    double high = Math.pow(sigmaMax, 1 / rho);
    double u = FLOOR + (1 - FLOOR) * (Math.pow(sigma, 1 / rho) - low) / (high - low);
    return Math.clamp(u, 0.0, 1.0);
  }

  @Override
  public double timestepInput(double u) {
    return 0.25 * Math.log(Math.max(sigmaMin, at(u).sigma()));
  }

  /** EDM's spacing: the last step but one ends at sigmaMin, the last one at 0. */
  @Override
  public double[] spacing(int steps) {
    double[] levels = NoiseSchedule.super.spacing(steps);
    for (int i = 0; i < steps && steps > 1; i++) {
      levels[i] = FLOOR + (1 - FLOOR) * (steps - 1 - i) / (steps - 1);
    }
    return levels;
  }
}
