package io.zoetrope.network.unet;

import io.zoetrope.nn.Init;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Ops;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** A layer that looks across frames: x [B * F, C, H, W] f32 -> the same shape. */
public interface TemporalLayer {
  /**
   * Looks.
   *
   * @param pass what all layers of one forward pass share
   */
  Tensor forward(Tensor x_MCHW, Pass pass);

  /** How a layer's output joins its input. */
  record Joint(Optional<Tensor> alpha) {
    static Joint of(Merge merge, Parameters p) {
      return new Joint(
          switch (merge) {
            case ADD -> Optional.empty();
            case ALPHA -> Optional.of(p.plain("alpha", Init.ONES, 1));
          });
    }

    /** How the layer's last projection has to start for the whole to start as the identity. */
    static Init last(Merge merge) {
      return merge == Merge.ADD ? Init.ZEROS : Init.xavier();
    }

    Tensor join(Tensor x, Tensor h) {
      // alpha x + (1 - alpha) (x + h), in a form that is x to the bit where alpha is 1.
      return alpha.isEmpty() ? x.add(h) : x.add(h.mul(Ops.mul(Ops.add(alpha.get(), -1), -1)));
    }
  }
}
