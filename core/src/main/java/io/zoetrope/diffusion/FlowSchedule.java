package io.zoetrope.diffusion;

/**
 * Rectified flow (Liu et al. 2022; Lipman et al. 2022): a straight line from data to noise, {@code
 * alpha = 1 - s}, {@code sigma = s}, with the level shifted towards noise for larger videos, {@code
 * s = shift u / (1 + (shift - 1) u)} (Esser et al. 2024, "Scaling Rectified Flow Transformers",
 * equation 23). The network is told 1000 s.
 *
 * @param shift above 0; 1 leaves levels as they are
 */
public record FlowSchedule(double shift) implements NoiseSchedule {
  public FlowSchedule {
    if (!(shift > 0 && Double.isFinite(shift))) {
      throw new IllegalArgumentException("a shift is above 0, not " + shift);
    }
  }

  @Override
  public NoiseLevel at(double u) {
    NoiseSchedule.check(u);
    double denominator = 1 + (shift - 1) * u;
    return new NoiseLevel(u, (1 - u) / denominator, shift * u / denominator);
  }

  @Override
  public double level(double logSnr) {
    double s = 1 / (1 + Math.exp(0.5 * logSnr));
    return Math.clamp(s / (shift - (shift - 1) * s), 0.0, 1.0);
  }

  @Override
  public double timestepInput(double u) {
    return 1000 * at(u).sigma();
  }
}
