package io.zoetrope.network.vae.tiny;

import io.zoetrope.nn.Conv2d;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Ops;
import org.bytedeco.pytorch.Tensor;

/**
 * A residual block: {@code relu(x + f(seen))}, f being three 3x3 convolutions with ReLU between. In
 * TAESD it sees what it adds to, in TAEHV the frame before as well.
 */
record TinyBlock(Conv2d in, Conv2d middle, Conv2d out) {
  /** Beyond three times as much a latent is cut off, softly. */
  private static final double SOFT = 3;

  /**
   * @param seen channels that it sees
   * @param width channels that it adds to
   */
  static TinyBlock of(Parameters p, long seen, long width) {
    Parameters conv = p.at("conv");
    return new TinyBlock(
        Conv2d.of(conv.at(0), seen, width, 3, 1, Init.fanIn(2)),
        Conv2d.of(conv.at(2), width, width, 3, 1, Init.fanIn(2)),
        Conv2d.of(conv.at(4), width, width, 3, 1, Init.fanIn(1)));
  }

  /** seen [B, S, H, W], x [B, C, H, W] -> [B, C, H, W]; neither is changed. */
  Tensor forward(Tensor seen_BSHW, Tensor x_BCHW) {
    Tensor h = Ops.reluOver(in.forward(seen_BSHW));
    Tensor y = out.forward(Ops.reluOver(middle.forward(h)));
    return Ops.reluOver(Ops.addOver(y, x_BCHW));
  }

  /** Latents as decoders take them: {@code 3 tanh(z / 3)}. */
  static Tensor soft(Tensor z) {
    return Ops.mul(Ops.mul(z, 1 / SOFT).tanh(), SOFT);
  }
}
