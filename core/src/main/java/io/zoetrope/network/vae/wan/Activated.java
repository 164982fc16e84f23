package io.zoetrope.network.vae.wan;

import io.zoetrope.nn.CausalConv3d;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Ops;
import org.bytedeco.pytorch.Tensor;

/** Norm, SiLU, and a convolution that remembers what it was given. */
record Activated(ChannelNorm norm, CausalConv3d conv) implements Layer.Single {
  static Activated of(Parameters norm, Parameters conv, long in, long out) {
    return new Activated(
        ChannelNorm.ofVideo(norm, in), CausalConv3d.of(conv, in, out, Init.fanIn(1)));
  }

  Tensor activate(Tensor frame) {
    return Ops.siluOver(norm.forward(frame));
  }

  Tensor convolve(Tensor activated, Memory memory) {
    return memory.shown(this, activated, CausalConv3d.REACH, conv::forward);
  }

  @Override
  public Tensor forward(Tensor frame_BHWC, Memory memory) {
    return convolve(activate(frame_BHWC), memory);
  }
}
