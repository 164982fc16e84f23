package io.zoetrope.network.unet;

import io.zoetrope.nn.Conv2d;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Ops;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A layer over time that sees frames which are known beside its input: made as small as this, by a
 * convolution that is learned (Blattmann et al., "Align your Latents", 2023, section 3.2). It
 * begins blind; what the image network makes never has anything of it.
 */
final class ShownLayer implements TemporalLayer {
  private final TemporalLayer layer;
  private final Conv2d in;
  private final Conv2d out;

  /**
   * @param channels of what is shown
   * @param width of the layer's input
   */
  ShownLayer(TemporalLayer layer, Parameters p, long channels, long width) {
    this.layer = layer;
    in = Conv2d.of(p.at("conv1"), channels, width, 3, 1, Init.fanIn(1));
    out = Conv2d.of(p.at("conv2"), width, width, 1, 1, Init.ZEROS);
  }

  @Override
  public Tensor forward(Tensor x_MCHW, Pass pass) {
    if (pass.shown_MCHW().isEmpty()) {
      return layer.forward(x_MCHW, pass);
    }
    Tensor small = Ops.area(pass.shown_MCHW().get(), x_MCHW.size(2), x_MCHW.size(3));
    Tensor seen = out.forward(torch.silu(in.forward(small))).to(ScalarType.Float);
    Tensor both = x_MCHW.add(seen);
    return x_MCHW.add(layer.forward(both, pass).sub(both));
  }
}
