package io.zoetrope.nn;

import io.zoetrope.torch.Ops;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Root-mean-square normalisation with scale over the last axis, in f32 (Zhang &amp; Sennrich,
 * 2019).
 */
public record RmsNorm(Tensor weight, double eps) {
  public static RmsNorm of(Parameters p, long features) {
    return new RmsNorm(p.plain("weight", Init.ONES, features), 1e-6);
  }

  public Tensor forward(Tensor x) {
    return Ops.rmsNorm(x.to(ScalarType.Float), Optional.of(weight), eps);
  }
}
