package io.zoetrope.nn;

import io.zoetrope.torch.Ops;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Layer normalisation with scale and shift over the last axis, in f32 (Ba et al., 2016). */
public record LayerNorm(Tensor weight, Tensor bias, double eps) {
  public static LayerNorm of(Parameters p, long features) {
    return of(p, features, 1e-5);
  }

  public static LayerNorm of(Parameters p, long features, double eps) {
    return new LayerNorm(
        p.plain("weight", Init.ONES, features), p.plain("bias", Init.ZEROS, features), eps);
  }

  public Tensor forward(Tensor x) {
    return Ops.layerNorm(x.to(ScalarType.Float), Optional.of(weight), Optional.of(bias), eps);
  }
}
