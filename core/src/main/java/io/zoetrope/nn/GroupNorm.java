package io.zoetrope.nn;

import io.zoetrope.torch.Ops;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Group normalisation with scale and shift over x [N, C, ...] (Wu &amp; He, 2018). Computed in f32
 * inside the kernel; the result has the input's dtype.
 */
public record GroupNorm(Tensor weight, Tensor bias, long groups, double eps) {
  public static GroupNorm of(Parameters p, long channels, long groups, double eps) {
    return new GroupNorm(
        p.plain("weight", Init.ONES, channels), p.plain("bias", Init.ZEROS, channels), groups, eps);
  }

  public Tensor forward(Tensor x) {
    ScalarType dtype = x.scalar_type();
    return Ops.groupNorm(
        x, groups, Optional.of(weight.to(dtype)), Optional.of(bias.to(dtype)), eps);
  }
}
