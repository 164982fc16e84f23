package io.zoetrope.diffusion.guidance;

import io.zoetrope.torch.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Choosing elements. A product with 0 and 1 would let values that are not finite through. */
final class Masks {
  private Masks() {}

  /** The elements under the mask, 0 elsewhere; so are the gradients. */
  static Tensor only(Tensor x, Tensor mask) {
    return torch.where(mask, x, Tensors.zeros(1).to(x.device(), x.scalar_type()));
  }
}
