package io.zoetrope.diffusion;

import java.util.Arrays;

/**
 * A chain of T discrete training steps given by its betas (Ho et al. 2020, DDPM), made continuous:
 * training timestep {@code i} in 0..T-1 lies at level {@code (i + 1) / T}, level 0 is exactly
 * clean, and {@code ln alphaBar} is linear in between. Variance preserving. The network is told the
 * timestep {@code T u - 1}, at least 0.
 *
 * <p>Levels uniform in u are the spacing that diffusers calls "trailing".
 */
public final class DiscreteBetaSchedule implements NoiseSchedule {
  /** {@code logAlphaBar[k]} is the sum of the first k values of ln(1 - beta). */
  private final double[] logAlphaBar;

  private final String name;

  private DiscreteBetaSchedule(double[] logAlphaBar, String name) {
    this.name = name;
    this.logAlphaBar = logAlphaBar;
  }

  private DiscreteBetaSchedule(String name, double[] betas) {
    this.name = name;
    logAlphaBar = new double[betas.length + 1];
    for (int i = 0; i < betas.length; i++) {
      if (!(betas[i] > 0 && betas[i] < 1)) {
        throw new IllegalArgumentException(
            "a beta lies between 0 and 1; step " + i + " has " + betas[i]);
      }
      logAlphaBar[i + 1] = logAlphaBar[i] + Math.log1p(-betas[i]);
    }
  }

  /** Betas linear from {@code start} to {@code end}. */
  public static DiscreteBetaSchedule linear(int steps, double start, double end) {
    return new DiscreteBetaSchedule(
        "linear(" + steps + ", " + start + ", " + end + ")", ramp(steps, start, end));
  }

  /** Betas whose square roots are linear from that of {@code start} to that of {@code end}. */
  public static DiscreteBetaSchedule scaledLinear(int steps, double start, double end) {
    double[] betas = ramp(steps, Math.sqrt(start), Math.sqrt(end));
    for (int i = 0; i < betas.length; i++) {
      betas[i] *= betas[i];
    }
    return new DiscreteBetaSchedule(
        "scaledLinear(" + steps + ", " + start + ", " + end + ")", betas);
  }

  /**
   * A chain given by what is left of the signal: {@code alphaBars[i] = alpha_i^2} of training
   * timestep i.
   *
   * @param alphaBars fall from below 1; the last may be 0 (Lin et al. 2023, "Common Diffusion Noise
   *     Schedules and Sample Steps are Flawed"): between the last two timesteps alpha is then
   *     linear
   */
  public static DiscreteBetaSchedule ofAlphaBars(String name, double... alphaBars) {
    if (alphaBars.length < 2) {
      throw new IllegalArgumentException(
          "a discrete schedule has at least 2 steps, not " + alphaBars.length);
    }
    double[] logs = new double[alphaBars.length + 1];
    for (int i = 0; i < alphaBars.length; i++) {
      double before = i == 0 ? 1 : alphaBars[i - 1];
      boolean last = i == alphaBars.length - 1;
      if (!(alphaBars[i] < before && (alphaBars[i] > 0 || (last && alphaBars[i] == 0)))) {
        throw new IllegalArgumentException(
            "alpha^2 falls from below 1 and stays above 0 before its end; step "
                + i
                + " has "
                + alphaBars[i]
                + " after "
                + before);
      }
      logs[i + 1] = Math.log(alphaBars[i]);
    }
    return new DiscreteBetaSchedule(logs, name);
  }

  private static double[] ramp(int steps, double start, double end) {
    if (steps < 2) {
      throw new IllegalArgumentException("a discrete schedule has at least 2 steps, not " + steps);
    }
    double[] values = new double[steps];
    for (int i = 0; i < steps; i++) {
      values[i] = start + (end - start) * i / (steps - 1);
    }
    return values;
  }

  private int steps() {
    return logAlphaBar.length - 1;
  }

  @Override
  public NoiseLevel at(double u) {
    NoiseSchedule.check(u);
    double position = u * steps();
    int k = Math.min((int) position, steps() - 1);
    if (logAlphaBar[k + 1] == Double.NEGATIVE_INFINITY) {
      double alpha = Math.exp(0.5 * logAlphaBar[k]) * (k + 1 - position);
      return new NoiseLevel(u, alpha, Math.sqrt(1 - alpha * alpha));
    }
    double log = logAlphaBar[k] + (position - k) * (logAlphaBar[k + 1] - logAlphaBar[k]);
    return new NoiseLevel(u, Math.exp(0.5 * log), Math.sqrt(0 - Math.expm1(log)));
  }

  @Override
  public double level(double logSnr) {
    // alphaBar = sigmoid(logSnr), so ln alphaBar = -ln(1 + e^-logSnr).
    double log =
        logSnr > 0 ? -Math.log1p(Math.exp(-logSnr)) : logSnr - Math.log1p(Math.exp(logSnr));
    if (log >= 0) {
      return 0;
    }
    int low = 0;
    int high = steps();
    if (log <= logAlphaBar[high]) {
      return 1;
    }
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (logAlphaBar[middle] >= log) {
        low = middle;
      } else {
        high = middle;
      }
    }
    double part =
        logAlphaBar[high] == Double.NEGATIVE_INFINITY
            ? 1 - Math.exp(0.5 * (log - logAlphaBar[low]))
            : (log - logAlphaBar[low]) / (logAlphaBar[high] - logAlphaBar[low]);
    return (low + part) / steps();
  }

  @Override
  public double timestepInput(double u) {
    return Math.max(0, u * steps() - 1);
  }

  @Override
  public double[] trainingLevels() {
    double[] levels = new double[steps()];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (i + 1.0) / levels.length;
    }
    return levels;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DiscreteBetaSchedule s && Arrays.equals(logAlphaBar, s.logAlphaBar);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(logAlphaBar);
  }

  @Override
  public String toString() {
    return name;
  }
}
