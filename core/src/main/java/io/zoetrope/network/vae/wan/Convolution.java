package io.zoetrope.network.vae.wan;

import io.zoetrope.nn.CausalConv3d;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.Parameters;
import org.bytedeco.pytorch.Tensor;

/** A convolution that remembers what it was given. */
record Convolution(CausalConv3d conv) implements Layer.Single {
  static Convolution of(Parameters p, long in, long out) {
    return new Convolution(CausalConv3d.of(p, in, out, Init.fanIn(1)));
  }

  @Override
  public Tensor forward(Tensor frame_BHWC, Memory memory) {
    return memory.shown(this, frame_BHWC, CausalConv3d.REACH, conv::forward);
  }
}
