package io.zoetrope.network.unet;

import io.zoetrope.nn.FrameConv;
import io.zoetrope.nn.GroupNorm;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.Linear;
import io.zoetrope.nn.Parameters;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** A residual block whose convolutions are over time, merged by a learned alpha. */
final class TemporalResnet implements TemporalLayer {
  private final GroupNorm norm1;
  private final FrameConv conv1;
  private final Linear level;
  private final GroupNorm norm2;
  private final FrameConv conv2;
  private final Joint joint;

  TemporalResnet(UNetConfig config, int kernel, Parameters p, long width) {
    LayerStyle style = config.style();
    norm1 = GroupNorm.of(p.at("norm1"), width, style.groups(), style.eps());
    conv1 = FrameConv.of(p.at("conv1"), width, width, kernel, Init.fanIn(1));
    level = Linear.of(p.at("time_emb_proj"), config.embedding(), width, Init.xavier());
    norm2 = GroupNorm.of(p.at("norm2"), width, style.groups(), style.eps());
    conv2 = FrameConv.of(p.at("conv2"), width, width, kernel, Init.fanIn(1));
    joint = Joint.of(Merge.ALPHA, p);
  }

  @Override
  public Tensor forward(Tensor x, Pass pass) {
    Tensor h = over(conv1, torch.silu(norm1.forward(x)), pass);
    h = h.add(level.forward(pass.c_ME()).unsqueeze(-1).unsqueeze(-1));
    h = over(conv2, torch.silu(norm2.forward(h)), pass);
    return joint.join(x, h);
  }

  private static Tensor over(FrameConv conv, Tensor x, Pass pass) {
    return Pass.image(conv.forward(pass.tokens(x), pass.reach(conv.kernel())), x);
  }
}
