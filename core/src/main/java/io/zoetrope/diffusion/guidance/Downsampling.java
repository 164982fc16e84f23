package io.zoetrope.diffusion.guidance;

import io.zoetrope.torch.Tensors;
import org.bytedeco.pytorch.Tensor;

/** How the pixels of a smaller picture are averages of those of a larger one, on each side. */
public enum Downsampling {
  /** The mean of the pixels that it covers, parts of pixels counted as parts. */
  AREA,

  /**
   * Bilinear with antialiasing: a triangle that reaches one small pixel to either side, cut off and
   * normalised at the borders.
   */
  BILINEAR;

  /**
   * Weights [to, from]; each row sums to 1. In the dtype and on the device of {@code like}.
   *
   * @param from pixels on a side before
   * @param to pixels after, at most {@code from}
   */
  Tensor matrix(long from, long to, Tensor like) {
    if (to > from) {
      throw new IllegalArgumentException(
          "down-sampling makes smaller pictures, not " + to + " pixels of " + from);
    }
    double ratio = (double) from / to;
    double[] weights = new double[Math.toIntExact(to * from)];
    for (int row = 0; row < to; row++) {
      double sum = 0;
      int base = Math.toIntExact(row * from);
      for (int column = 0; column < from; column++) {
        double w = weight(ratio, row, column);
        weights[base + column] = w;
        sum += w;
      }
      for (int column = 0; column < from; column++) {
        weights[base + column] /= sum;
      }
    }
    return Tensors.of(weights, to, from).to(like.device(), like.scalar_type());
  }

  private double weight(double ratio, int row, int column) {
    return switch (this) {
      case AREA ->
          Math.max(0, Math.min(column + 1, ratio * (row + 1)) - Math.max(column, ratio * row));
      case BILINEAR -> Math.max(0, 1 - Math.abs(column + 0.5 - ratio * (row + 0.5)) / ratio);
    };
  }
}
