package io.zoetrope.nn;

import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * 3-D convolution with bias over [N, C, F, H, W]. With kernels of 1x3x3 and 3x1x1 it is the
 * factorised space-time convolution (Tran et al., "A Closer Look at Spatiotemporal Convolutions",
 * 2018). The result is in the format of the precision policy.
 */
public final class Conv3d {
  private final Tensor weight;
  private final Tensor bias;
  private final long[] stride;
  private final long[] padding;
  private final Precision precision;

  private Conv3d(Tensor weight, Tensor bias, long[] stride, long[] padding, Precision precision) {
    this.weight = weight;
    this.bias = bias;
    this.stride = stride;
    this.padding = padding;
    this.precision = precision;
  }

  /** In space only: weight [out, in, 1, kernel, kernel], frame by frame. */
  public static Conv3d spatial(
      Parameters p, long in, long out, long kernel, long stride, Init init) {
    return new Conv3d(
        p.weight("weight", init, out, in, 1, kernel, kernel),
        p.weight("bias", Init.ZEROS, out),
        new long[] {1, stride, stride},
        new long[] {0, kernel / 2, kernel / 2},
        p.precision());
  }

  /** In time only: weight [out, in, kernel, 1, 1], pixel by pixel. */
  public static Conv3d temporal(Parameters p, long in, long out, long kernel, Init init) {
    return new Conv3d(
        p.weight("weight", init, out, in, kernel, 1, 1),
        p.weight("bias", Init.ZEROS, out),
        new long[] {1, 1, 1},
        new long[] {kernel / 2, 0, 0},
        p.precision());
  }

  /** In time and space: weight [out, in, kernel, kernel, kernel]; strides in space alone. */
  public static Conv3d cubic(Parameters p, long in, long out, long kernel, long stride, Init init) {
    return new Conv3d(
        p.weight("weight", init, out, in, kernel, kernel, kernel),
        p.weight("bias", Init.ZEROS, out),
        new long[] {1, stride, stride},
        new long[] {kernel / 2, kernel / 2, kernel / 2},
        p.precision());
  }

  /** x [N, in, F, H, W] -> [N, out, F, H', W']. */
  public Tensor forward(Tensor x) {
    return Ops.conv3d(
        precision.cast(x),
        precision.cast(weight),
        Optional.of(precision.cast(bias)),
        stride,
        padding);
  }
}
