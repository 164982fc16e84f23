package io.zoetrope.network.vae.wan;

import io.zoetrope.nn.Init;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Ops;
import org.bytedeco.pytorch.Tensor;

/**
 * Root-mean-square normalisation over the channels of each place (Zhang &amp; Sennrich, 2019):
 * {@code x / max(|x|, 1e-12) * sqrt(C) * gamma}.
 */
record ChannelNorm(Tensor gamma, long width) {
  private static final double LEAST = 1e-12;

  /** With gamma [C, 1, 1, 1]. */
  static ChannelNorm ofVideo(Parameters p, long width) {
    return new ChannelNorm(p.plain("gamma", Init.ONES, width, 1, 1, 1), width);
  }

  /** With gamma [C, 1, 1]. */
  static ChannelNorm ofPictures(Parameters p, long width) {
    return new ChannelNorm(p.plain("gamma", Init.ONES, width, 1, 1), width);
  }

  /** x [..., C] -> the same shape. */
  Tensor forward(Tensor x) {
    Tensor scale = Ops.div(Ops.lengths(x, LEAST), Math.sqrt(width)).reciprocal();
    return Ops.mulOver(x.mul(scale), gamma.flatten());
  }
}
