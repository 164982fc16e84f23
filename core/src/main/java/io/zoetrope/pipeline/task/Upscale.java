package io.zoetrope.pipeline.task;

import io.zoetrope.torch.Tensors;
import java.util.function.DoubleUnaryOperator;
import org.bytedeco.pytorch.Tensor;

/**
 * Larger pictures, by Catmull-Rom (Keys 1981, a = -0.5) or linearly on each side; at the borders
 * the weights that fall outside are left out and the others made up for them.
 */
public final class Upscale {
  private Upscale() {}

  /** [B, C, F, h, w] of pixels or latents -> [B, C, F, height, width]. */
  public static Tensor to(Tensor x_BCFHW, long height, long width) {
    return by(Upscale::cubic, x_BCFHW, height, width);
  }

  /** The same linearly. */
  public static Tensor bilinear(Tensor x_BCFHW, long height, long width) {
    return by(t -> Math.max(0, 1 - Math.abs(t)), x_BCFHW, height, width);
  }

  private static Tensor by(DoubleUnaryOperator kernel, Tensor x_BCFHW, long height, long width) {
    Tensor down = matrix(kernel, x_BCFHW.size(3), height, x_BCFHW);
    Tensor across = matrix(kernel, x_BCFHW.size(4), width, x_BCFHW);
    return down.matmul(x_BCFHW.matmul(across.t()));
  }

  /** Weights [to, from]; each row adds up to 1. */
  private static Tensor matrix(DoubleUnaryOperator kernel, long from, long to, Tensor like) {
    if (to < from) {
      throw new IllegalArgumentException(
          "upscaling makes larger pictures, not %s of %s".formatted(to, from));
    }
    double[] weights = new double[Math.toIntExact(to * from)];
    for (int row = 0; row < to; row++) {
      double centre = (row + 0.5) * from / to - 0.5;
      double sum = 0;
      for (int column = 0; column < from; column++) {
        sum += kernel.applyAsDouble(column - centre);
      }
      for (int column = 0; column < from; column++) {
        weights[Math.toIntExact(row * from + column)] = kernel.applyAsDouble(column - centre) / sum;
      }
    }
    return Tensors.of(weights, to, from).to(like.device(), like.scalar_type());
  }

  private static double cubic(double t) {
    double x = Math.abs(t);
    if (x < 1) {
      return (1.5 * x - 2.5) * x * x + 1;
    }
    return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
  }
}
