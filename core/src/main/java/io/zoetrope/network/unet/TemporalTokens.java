package io.zoetrope.network.unet;

import io.zoetrope.nn.Attention;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.LayerNorm;
import io.zoetrope.nn.Parameters;
import org.bytedeco.pytorch.Tensor;

/**
 * A layer at the end of a transformer block that looks across frames: tokens [B, F, N, C] -> what
 * is added to them.
 */
@FunctionalInterface
public interface TemporalTokens {
  /**
   * Looks.
   *
   * @param pass what all layers of one forward pass share
   */
  Tensor forward(Tensor x_BFNC, Pass pass);

  /**
   * Each place looks at itself in all frames of its group, whatever their order; silent at first.
   *
   * @param block parameters of the transformer block
   */
  static TemporalTokens attention(Parameters block, boolean headNorm, long width, long heads) {
    LayerNorm norm = LayerNorm.of(block.at("norm_temp"), width);
    Parameters p = block.at("attn_temp");
    Attention attention =
        headNorm
            ? Attention.self(p, width, heads, Init.ZEROS)
            : Attention.plain(p, width, width, heads, Init.ZEROS);
    return (x, pass) -> attention.overFrames(norm.forward(x), pass.groups_B11FF());
  }
}
