package io.zoetrope.network.unet;

import io.zoetrope.nn.FrameConv;
import io.zoetrope.nn.GroupNorm;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.Linear;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import org.bytedeco.pytorch.Tensor;

/** A residual block whose convolutions are over time, merged by a learned alpha. */
final class TemporalResnet implements TemporalLayer {
  private final NormScope norms;
  private final GroupNorm norm1;
  private final FrameConv conv1;
  private final Linear level;
  private final GroupNorm norm2;
  private final FrameConv conv2;
  private final Joint joint;

  /**
   * @param place whose width goes in and comes out
   * @param p its parameters
   * @param joint how it joins what comes in
   */
  TemporalResnet(
      TemporalBlock.Place place, int kernel, NormScope norms, Parameters p, Joint joint) {
    this.norms = norms;
    this.joint = joint;
    UNetConfig config = place.config();
    long width = place.width();
    int groups = config.style().groups();
    double eps = config.inflation().convolution().eps(place);
    norm1 = GroupNorm.of(p.at("norm1"), width, groups, eps);
    conv1 = FrameConv.of(p.at("conv1"), width, width, kernel, Init.fanIn(1));
    level = Linear.of(p.at("time_emb_proj"), config.embedding(), width, Init.xavier());
    norm2 = GroupNorm.of(p.at("norm2"), width, groups, eps);
    Init last = joint.merge() == Merge.ALPHA ? Init.fanIn(1) : Init.ZEROS;
    conv2 = FrameConv.of(p.at("conv2"), width, width, kernel, last);
  }

  @Override
  public Tensor forward(Tensor x, Pass pass) {
    Tensor h = Scopes.part(() -> over(conv1, Ops.siluOver(norms.apply(norm1, x, pass)), pass));
    Tensor told = Ops.addOver(h, level.forward(pass.c_ME()).unsqueeze(-1).unsqueeze(-1));
    Tensor y = Scopes.part(() -> over(conv2, Ops.siluOver(norms.apply(norm2, told, pass)), pass));
    return joint.join(x, y, pass);
  }

  private static Tensor over(FrameConv conv, Tensor x, Pass pass) {
    return Pass.image(conv.forward(pass.tokens(x), pass.reach(conv.kernel())), x);
  }
}
