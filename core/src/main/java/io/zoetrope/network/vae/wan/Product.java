package io.zoetrope.network.vae.wan;

import io.zoetrope.nn.FrameConv;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.Parameters;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** A 1x1x1 convolution: each place for itself. */
record Product(FrameConv weights) implements Layer.Single {
  static Product of(Parameters p, long in, long out) {
    return new Product(FrameConv.of(p, in, out, 1, Init.fanIn(1)));
  }

  @Override
  public Tensor forward(Tensor frame_BHWC, Memory memory) {
    return weights.of(List.of(frame_BHWC)).to(ScalarType.Float);
  }
}
