package io.zoetrope.diffusion.discrete;

/** How noise ratios sigma / alpha are spaced between their ends. */
public enum SigmaSpacing {
  /** As the timesteps have them. */
  TIMESTEPS,

  /** Equal steps of {@code sigma^(1/7)} (Karras et al. 2022, equation 5). */
  KARRAS,

  /** Equal steps of ln sigma. */
  EXPONENTIAL,

  /** As EXPONENTIAL, the timesteps rounded (Lu et al. 2022, DPM-Solver). */
  LU;

  private static final double RHO = 7;

  /** {@code steps} ratios from high to low, not for TIMESTEPS. */
  double[] between(double high, double low, int steps) {
    double[] sigmas = new double[steps];
    double top = this == KARRAS ? Math.pow(high, 1 / RHO) : Math.log(high);
    double bottom = this == KARRAS ? Math.pow(low, 1 / RHO) : Math.log(low);
    for (int i = 0; i < steps; i++) {
      double at = top + (steps == 1 ? 0 : (double) i / (steps - 1)) * (bottom - top);
      sigmas[i] = this == KARRAS ? Math.pow(at, RHO) : Math.exp(at);
    }
    return sigmas;
  }
}
