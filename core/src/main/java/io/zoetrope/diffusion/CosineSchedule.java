package io.zoetrope.diffusion;

/**
 * Cosine schedule in continuous time with its logSNR held in a range: {@code alpha = cos(a u + b)},
 * {@code sigma = sin(a u + b)}, so {@code logSnr = -2 ln tan(a u + b)} (Ho et al. 2022, "Video
 * Diffusion Models"; Nichol and Dhariwal 2021). Variance preserving. The network is told 1000 u.
 *
 * @param logSnrMin logSNR at level 1
 * @param logSnrMax logSNR at level 0
 */
public record CosineSchedule(double logSnrMin, double logSnrMax) implements NoiseSchedule {
  public CosineSchedule {
    if (!(logSnrMin < logSnrMax && Math.abs(logSnrMin) <= 100 && Math.abs(logSnrMax) <= 100)) {
      throw new IllegalArgumentException(
          "logSNR must rise from min to max within [-100, 100], not "
              + logSnrMin
              + " to "
              + logSnrMax);
    }
  }

  private double offset() {
    return Math.atan(Math.exp(-0.5 * logSnrMax));
  }

  private double slope() {
    return Math.atan(Math.exp(-0.5 * logSnrMin)) - offset();
  }

  @Override
  public NoiseLevel at(double u) {
    NoiseSchedule.check(u);
    double angle = slope() * u + offset();
    // cos loses its digits near a right angle; the complement's sine keeps them.
    double complement = slope() * (1 - u) + Math.atan(Math.exp(0.5 * logSnrMin));
    return new NoiseLevel(u, Math.sin(complement), Math.sin(angle));
  }

  @Override
  public double level(double logSnr) {
    double u = (Math.atan(Math.exp(-0.5 * logSnr)) - offset()) / slope();
    return Math.clamp(u, 0.0, 1.0);
  }

  @Override
  public double timestepInput(double u) {
    return 1000 * u;
  }
}
