package io.zoetrope.diffusion.discrete;

/**
 * The noise ratios sigma / alpha of the training timesteps, and between them as the reference reads
 * them: linear in the ratio from timestep to ratio, linear in its logarithm on the way back.
 */
final class SigmaTable {
  private final float[] sigma;
  private final float[] log;

  SigmaTable(AlphaBars bars) {
    sigma = bars.ratios();
    log = new float[sigma.length];
    for (int i = 0; i < log.length; i++) {
      log[i] = (float) Math.log(sigma[i]);
    }
  }

  double least() {
    return sigma[0];
  }

  double most() {
    return sigma[sigma.length - 1];
  }

  double leastLog() {
    return log[0];
  }

  double mostLog() {
    return log[log.length - 1];
  }

  /** The ratio at a timestep, whole or not. */
  double at(double timestep) {
    int low = Math.clamp((long) timestep, 0, sigma.length - 1);
    if (low == sigma.length - 1) {
      return sigma[low];
    }
    double slope = (double) sigma[low + 1] - sigma[low];
    return slope * (timestep - low) + sigma[low];
  }

  /** The timestep of a ratio, not rounded; the first or the last one's beyond them. */
  double timestep(double ratio) {
    double wanted = Math.log(Math.max(ratio, 1e-10));
    int low = 0;
    for (int i = 0; i < log.length && log[i] <= wanted; i++) {
      low = i;
    }
    low = Math.min(low, log.length - 2);
    // The difference of two table entries is one of f32.
    double w = Math.clamp((log[low] - wanted) / (log[low] - log[low + 1]), 0.0, 1.0);
    return (1 - w) * low + w * (low + 1);
  }
}
