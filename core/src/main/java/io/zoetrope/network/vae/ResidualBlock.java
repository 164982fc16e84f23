package io.zoetrope.network.vae;

import io.zoetrope.nn.Conv2d;
import io.zoetrope.nn.GroupNorm;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.Parameters;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Norm, SiLU, convolution, twice, beside the identity. Starts as the identity. */
record ResidualBlock(GroupNorm norm1, Conv2d conv1, GroupNorm norm2, Conv2d conv2) {
  static ResidualBlock of(Parameters p, int width) {
    return new ResidualBlock(
        GroupNorm.of(p.at("norm1"), width, 8, 1e-6),
        Conv2d.of(p.at("conv1"), width, width, 3, 1, Init.fanIn(1)),
        GroupNorm.of(p.at("norm2"), width, 8, 1e-6),
        Conv2d.of(p.at("conv2"), width, width, 3, 1, Init.ZEROS));
  }

  /** x [N, C, H, W] -> the same shape. */
  Tensor forward(Tensor x) {
    Tensor h = conv1.forward(torch.silu(norm1.forward(x)));
    return x.add(conv2.forward(torch.silu(norm2.forward(h))));
  }
}
