package io.zoetrope.eval.picture;

import io.zoetrope.torch.Scopes;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** How sharp edges are, for pictures of one size. */
public final class Sharpness {
  private Sharpness() {}

  /**
   * Gradient energy: the mean over pixels of the squared differences to the right and to the lower
   * neighbour, summed. An edge spread over n pixels has an n-th of the energy of one that is spread
   * over one.
   *
   * @param x [..., H, W], at least 2x2
   */
  public static double gradientEnergy(Tensor x) {
    return Scopes.value(() -> {
      Tensor f64 = x.to(ScalarType.Double);
      long h = f64.size(-2);
      long w = f64.size(-1);
      Tensor across = f64.narrow(-1, 1, w - 1).sub(f64.narrow(-1, 0, w - 1));
      Tensor down = f64.narrow(-2, 1, h - 1).sub(f64.narrow(-2, 0, h - 1));
      return across.square().mean().item_double() + down.square().mean().item_double();
    });
  }
}
