package io.zoetrope.diffusion.discrete;

import io.zoetrope.diffusion.DiscreteBetaSchedule;
import java.util.Arrays;

/**
 * What a chain of discrete training steps leaves of the signal: {@code alphaBar[t]} is the product
 * of {@code 1 - beta} up to timestep t (Ho et al. 2020, section 2), computed in f32 as the public
 * reference does.
 */
public final class AlphaBars {
  /** In place of 0 where a formula divides by it. */
  private static final float LEAST = 0x1p-24f;

  private final String name;
  private final float[] values;
  private final float firstBeta;

  private AlphaBars(String name, float[] values, float firstBeta) {
    this.name = name;
    this.values = values;
    this.firstBeta = firstBeta;
  }

  /** Betas linear from {@code start} to {@code end}. */
  public static AlphaBars linear(int steps, double start, double end) {
    return ofBetas("linear", ramp(steps, (float) start, (float) end));
  }

  /** Betas whose square roots are linear. */
  public static AlphaBars scaledLinear(int steps, double start, double end) {
    float[] betas = ramp(steps, (float) Math.sqrt(start), (float) Math.sqrt(end));
    for (int i = 0; i < steps; i++) {
      betas[i] *= betas[i];
    }
    return ofBetas("scaled_linear", betas);
  }

  /**
   * The squared cosine of Nichol and Dhariwal 2021 (equation 17), no beta above 0.999: {@code
   * squaredcos_cap_v2}.
   */
  public static AlphaBars squaredCosine(int steps) {
    float[] betas = new float[steps];
    for (int i = 0; i < steps; i++) {
      double part = cosine((i + 1.0) / steps) / cosine((double) i / steps);
      betas[i] = (float) Math.min(1 - part, 0.999);
    }
    return ofBetas("squaredcos_cap_v2", betas);
  }

  private static double cosine(double t) {
    double cos = Math.cos((t + 0.008) / 1.008 * Math.PI / 2);
    return cos * cos;
  }

  /** From the betas themselves. */
  public static AlphaBars ofBetas(String name, float... betas) {
    float[] values = new float[betas.length];
    double product = 1;
    for (int i = 0; i < betas.length; i++) {
      if (!(betas[i] > 0 && betas[i] <= 1)) {
        throw new IllegalArgumentException(
            "a beta lies between 0 and 1; step " + i + " has " + betas[i]);
      }
      product *= 1 - betas[i];
      values[i] = (float) product;
    }
    return new AlphaBars(name, values, betas[0]);
  }

  /** From both ends towards the middle and with one rounding, as torch.linspace. */
  private static float[] ramp(int steps, float start, float end) {
    float[] values = new float[steps];
    float step = (end - start) / (steps - 1);
    for (int i = 0; i < steps; i++) {
      values[i] = i < steps / 2 ? Math.fma(step, i, start) : Math.fma(-step, steps - 1 - i, end);
    }
    return values;
  }

  /**
   * Shifted and stretched so that the last timestep is pure noise (Lin et al. 2023, "Common
   * Diffusion Noise Schedules and Sample Steps are Flawed", algorithm 1).
   */
  public AlphaBars withZeroSnr() {
    int n = values.length;
    float first = (float) Math.sqrt(values[0]);
    float last = (float) Math.sqrt(values[n - 1]);
    float stretch = first / (first - last);
    float[] bars = new float[n];
    for (int i = 0; i < n; i++) {
      float root = ((float) Math.sqrt(values[i]) - last) * stretch;
      bars[i] = root * root;
    }
    float[] betas = new float[n];
    for (int i = 0; i < n; i++) {
      betas[i] = 1 - (i == 0 ? bars[0] : bars[i] / bars[i - 1]);
    }
    return ofBetas(name + ", zero SNR", betas);
  }

  /** With 2^-24 in the last place where 0 stands, for those who work with sigma / alpha. */
  public AlphaBars aboveZero() {
    if (values[values.length - 1] > 0) {
      return this;
    }
    float[] lifted = values.clone();
    lifted[lifted.length - 1] = LEAST;
    return new AlphaBars(name, lifted, firstBeta);
  }

  /** How many training timesteps. */
  public int steps() {
    return values.length;
  }

  /**
   * Beta of the first timestep by what its own alpha bar leaves for it: 1, but for the rounding of
   * f32, by which the one has lost four digits.
   */
  double firstShare() {
    return firstBeta / (1 - values[0]);
  }

  /** What is left at a timestep, of 1. */
  public double at(int timestep) {
    return values[timestep];
  }

  /** Scale of the clean video at a timestep. */
  public double alpha(int timestep) {
    return Math.sqrt(values[timestep]);
  }

  /** Scale of the noise at a timestep, where the video has unit variance. */
  public double sigma(int timestep) {
    return Math.sqrt(1 - values[timestep]);
  }

  /** {@code sigma / alpha} of every timestep, rising; infinite where nothing is left. */
  public float[] ratios() {
    float[] ratios = new float[values.length];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = (float) Math.sqrt((1 - values[i]) / values[i]);
    }
    return ratios;
  }

  /** The schedule that a network was trained with. */
  public DiscreteBetaSchedule schedule() {
    double[] bars = new double[values.length];
    Arrays.setAll(bars, i -> values[i]);
    return DiscreteBetaSchedule.ofAlphaBars(name, bars);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AlphaBars a && Arrays.equals(values, a.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return name;
  }
}
