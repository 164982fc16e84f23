package io.zoetrope.torch;

import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A linear layer as a convolution of one pixel: the same product, computed by oneDNN's convolution.
 * On CPUs that is faster than libtorch's way of multiplying matrices where these are large, and f32
 * needs no second pool of threads for it (docs/performance.md).
 */
final class PixelProduct {
  /** Multiplications below which the convolution may keep to one thread. */
  private static final double LARGE = 2.5e9;

  /** Pixels of a line; any number would do. */
  private static final long LINE = 8;

  private PixelProduct() {}

  /** Whether it computes x [..., in] by a weight [out, in], and is the faster way. */
  static boolean pays(Tensor x, Tensor weight) {
    long in = weight.size(1);
    long rows = x.numel() / in;
    return rows % LINE == 0
        && weight.is_contiguous()
        && rows >= in
        && (double) x.numel() * weight.size(0) >= LARGE
        && fits(x.scalar_type().intern())
        && x.device().is_cpu()
        && x.scalar_type().intern() == weight.scalar_type().intern();
  }

  private static boolean fits(ScalarType type) {
    return type == ScalarType.Float || type == ScalarType.BFloat16 && Precision.hasNativeBf16();
  }

  /** {@code x W^T + b}, as {@link Ops#linear}. */
  static Tensor forward(Tensor x, Tensor weight, Optional<Tensor> bias) {
    long in = weight.size(1);
    long out = weight.size(0);
    Tensor image = x.reshape(1, -1, LINE, in).permute(0, 3, 1, 2);
    Tensor kernel = weight.as_strided(new long[] {out, in, 1, 1}, new long[] {in, 1, in, in});
    Tensor y = Ops.conv2d(image, kernel, bias, 1, 0);
    long[] shape = Tensors.shape(x);
    shape[shape.length - 1] = out;
    return y.permute(0, 2, 3, 1).reshape(shape);
  }
}
