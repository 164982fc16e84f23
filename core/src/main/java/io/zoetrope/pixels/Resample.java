package io.zoetrope.pixels;

import io.zoetrope.torch.Tensors;
import org.bytedeco.pytorch.Tensor;

/** Pictures in another size: on the lines between pixels, over all of them where it shrinks. */
final class Resample {
  private Resample() {}

  /** x [..., H, W] -> [..., height, width]. */
  static Tensor to(Tensor x, long height, long width) {
    Tensor rows = weights(x.size(-2), height).to(x.scalar_type());
    Tensor columns = weights(x.size(-1), width).to(x.scalar_type());
    return rows.matmul(x).matmul(columns.t());
  }

  /** A triangle about where each new pixel lies among the old ones. */
  private static Tensor weights(long from, long to) {
    double scale = (double) from / to;
    double reach = Math.max(1, scale);
    double[] weights = new double[Math.toIntExact(from * to)];
    for (int i = 0; i < to; i++) {
      double centre = (i + 0.5) * scale - 0.5;
      double sum = 0;
      for (int k = (int) Math.floor(centre - reach); k <= Math.ceil(centre + reach); k++) {
        double weight = Math.max(0, 1 - Math.abs(k - centre) / reach);
        int inside = Math.clamp(k, 0, (int) from - 1);
        weights[(int) (i * from) + inside] += weight;
        sum += weight;
      }
      for (int k = 0; k < from; k++) {
        weights[(int) (i * from) + k] /= sum;
      }
    }
    return Tensors.of(weights, to, from);
  }
}
