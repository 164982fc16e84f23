package io.zoetrope.eval.picture;

import org.bytedeco.pytorch.Tensor;

/** Peak signal-to-noise ratio: {@code 10 log10(peak^2 / mean squared error)}, peak 2. */
public final class Psnr {
  /** What equal pictures get instead of infinity, decibels. */
  public static final double MOST = 100;

  private static final double PEAK = 2;

  private Psnr() {}

  /**
   * Of two tensors of one shape.
   *
   * @return decibels, at most {@link #MOST}
   */
  public static double of(Tensor x, Tensor y) {
    double error = Math.pow(Change.rms(x, y), 2);
    return Math.min(MOST, 10 * Math.log10(PEAK * PEAK / error));
  }
}
