package io.zoetrope.nn;

import io.zoetrope.torch.Ops;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Layer normalisation with scale over the features of a head, in f32: keeps attention's logits in
 * bounds (Dehghani et al., "Scaling Vision Transformers to 22 Billion Parameters", 2023, section
 * 2.1).
 */
record HeadNorm(Tensor weight) {
  static HeadNorm of(Parameters p, long features) {
    return new HeadNorm(p.plain("weight", Init.ONES, features));
  }

  Tensor forward(Tensor x) {
    return Ops.layerNorm(x.to(ScalarType.Float), Optional.of(weight), Optional.empty(), 1e-6);
  }
}
