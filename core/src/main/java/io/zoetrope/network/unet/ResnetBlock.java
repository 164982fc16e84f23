package io.zoetrope.network.unet;

import io.zoetrope.nn.Conv2d;
import io.zoetrope.nn.GroupNorm;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.Linear;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Two convolutions beside the identity, told each frame's level between them. Normalises each frame
 * by itself, so that it mixes none, or a clip as one: {@link Inflation#norms}.
 */
final class ResnetBlock {
  private final LayerStyle.Modulation modulation;
  private final NormScope norms;
  private final GroupNorm norm1;
  private final ImageConv conv1;
  private final Linear level;
  private final GroupNorm norm2;
  private final ImageConv conv2;
  private final Optional<Conv2d> shortcut;

  /**
   * @param place whose width is what comes out
   * @param in channels of what comes in
   */
  ResnetBlock(TemporalBlock.Place place, long in) {
    UNetConfig config = place.config();
    long out = place.width();
    LayerStyle style = config.style();
    TemporalConvolution partner = config.inflation().convolution();
    Parameters p = partner.image(place.weights("resnets"));
    double eps = partner.eps(place);
    modulation = style.modulation();
    norms = config.inflation().norms();
    norm1 = GroupNorm.of(p.at("norm1"), in, style.groups(), eps);
    conv1 = ImageConv.of(config.inflation(), p, "conv1", in, out, 1, Init.fanIn(1));
    level =
        Linear.of(
            p.at("time_emb_proj"),
            config.embedding(),
            modulation == LayerStyle.Modulation.SHIFT ? out : 2 * out,
            Init.xavier());
    norm2 = GroupNorm.of(p.at("norm2"), out, style.groups(), eps);
    conv2 = ImageConv.of(config.inflation(), p, "conv2", out, out, 1, Init.ZEROS);
    shortcut =
        in == out
            ? Optional.empty()
            : Optional.of(Conv2d.of(p.at("conv_shortcut"), in, out, 1, 1, Init.fanIn(1)));
  }

  /** x [B * F, in, H, W] f32 -> [B * F, out, H, W] f32. */
  Tensor forward(Tensor x, Pass pass) {
    Tensor h = Scopes.part(() -> conv1.forward(Ops.siluOver(norms.apply(norm1, x, pass)), pass));
    Tensor y = Scopes.part(() -> conv2.forward(Ops.siluOver(modulated(h, pass)), pass));
    Tensor straight = shortcut.isPresent() ? shortcut.get().forward(x) : x;
    return Ops.addOver(y, straight.to(ScalarType.Float));
  }

  private Tensor modulated(Tensor h, Pass pass) {
    Tensor c = level.forward(pass.c_ME()).unsqueeze(-1).unsqueeze(-1);
    return switch (modulation) {
      case SHIFT -> norms.apply(norm2, Ops.addOver(h, c), pass);
      case SCALE_SHIFT -> {
        long out = h.size(1);
        yield torch.addcmul(
            c.narrow(1, out, out), norms.apply(norm2, h, pass), Ops.add(c.narrow(1, 0, out), 1));
      }
    };
  }
}
