package io.zoetrope.network.vae;

import io.zoetrope.nn.Conv2d;
import io.zoetrope.nn.GroupNorm;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.Parameters;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Norm, SiLU, convolution, twice, beside the identity or a 1x1 convolution: the residual block of
 * {@link AutoencoderKL}.
 */
record KlResnet(
    GroupNorm norm1, Conv2d conv1, GroupNorm norm2, Conv2d conv2, Optional<Conv2d> shortcut) {
  static KlResnet of(Parameters p, KlConfig config, int in, int out) {
    return new KlResnet(
        norm(p.at("norm1"), config, in),
        Conv2d.of(p.at("conv1"), in, out, 3, 1, Init.fanIn(1)),
        norm(p.at("norm2"), config, out),
        Conv2d.of(p.at("conv2"), out, out, 3, 1, Init.fanIn(1)),
        in == out
            ? Optional.empty()
            : Optional.of(Conv2d.of(p.at("conv_shortcut"), in, out, 1, 1, Init.fanIn(1))));
  }

  static GroupNorm norm(Parameters p, KlConfig config, int width) {
    return GroupNorm.of(p, width, config.groups(), 1e-6);
  }

  /** Norm, SiLU (in place on the norm's result), convolution. */
  static Tensor activate(GroupNorm norm, Conv2d conv, Tensor x) {
    return conv.forward(torch.silu_(norm.forward(x)));
  }

  /** x [N, in, H, W] -> [N, out, H, W], f32. */
  Tensor forward(Tensor x) {
    Tensor h = activate(norm2, conv2, activate(norm1, conv1, x));
    Tensor beside = shortcut.map(conv -> conv.forward(x)).orElse(x);
    return beside.to(ScalarType.Float).add(h);
  }
}
