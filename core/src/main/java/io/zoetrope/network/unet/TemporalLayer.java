package io.zoetrope.network.unet;

import io.zoetrope.nn.Init;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Tensors;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** A layer that looks across frames: x [B * F, C, H, W] f32 -> the same shape. */
public interface TemporalLayer {
  /**
   * Looks.
   *
   * @param pass what all layers of one forward pass share
   */
  Tensor forward(Tensor x_MCHW, Pass pass);

  /** How a layer's output joins its input. */
  record Joint(Merge merge, Optional<Tensor> factor, boolean released) {
    /** Its factor at first: the layer counts for 38 %. */
    private static final double MIXED = 0.5;

    /**
     * @param p where its factor lies
     */
    static Joint of(Merge merge, Parameters p) {
      return of(merge, p, false);
    }

    /**
     * As above.
     *
     * @param released whether a clip of one frame is a clip and no image, as in the public code of
     *     Stable Video Diffusion; frames in groups of one are images anyway
     */
    static Joint of(Merge merge, Parameters p, boolean released) {
      return new Joint(
          merge,
          switch (merge) {
            case ADD -> Optional.empty();
            case ALPHA -> Optional.of(p.plain("alpha", Init.ONES, 1));
            case MIX -> Optional.of(p.plain("mix_factor", Init.constant(MIXED), 1));
          },
          released);
    }

    /** How the layer's last projection has to start for the whole to start as the identity. */
    static Init last(Merge merge) {
      return merge == Merge.ALPHA ? Init.xavier() : Init.ZEROS;
    }

    /** {@code alpha x + (1 - alpha) (x + h)}, in a form that is x to the bit where alpha is 1. */
    Tensor join(Tensor x_MCHW, Tensor h_MCHW, Pass pass) {
      return x_MCHW.add(share(pass).map(s -> h_MCHW.mul(s.reshape(-1, 1, 1, 1))).orElse(h_MCHW));
    }

    /** What the layer's output counts for, {@code 1 - alpha}: [1] or [B * F]; empty for 1. */
    Optional<Tensor> share(Pass pass) {
      return switch (merge) {
        case ADD -> Optional.empty();
        case ALPHA -> factor.map(alpha -> Ops.mul(Ops.add(alpha, -1), -1));
        case MIX -> factor.map(mix -> together(torch.sigmoid(mix.neg()), pass));
      };
    }

    /** Nothing for frames that are alone. */
    private Tensor together(Tensor share, Pass pass) {
      if (pass.frames() == 1 && pass.groups().isEmpty() && !released) {
        return Ops.mul(share, 0);
      }
      return pass.groups()
          .map(groups -> share.mul(Tensors.beside(share, groups.inCompany_M())))
          .orElse(share);
    }
  }
}
