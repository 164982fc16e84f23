package io.zoetrope.network.unet;

import io.zoetrope.nn.FrameConv;
import io.zoetrope.nn.GroupNorm;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** Convolutions over time, one after another, beside the identity. */
record TemporalStack(List<Step> steps) implements TemporalLayer {
  private static final int STEPS = 4;

  /** Of the norms, whatever those of residual blocks have. */
  private static final double EPS = 1e-5;

  /** A convolution of what is normalised over the clip and activated. */
  record Step(GroupNorm norm, FrameConv conv) {
    Tensor forward(Tensor x_MCHW, Pass pass) {
      Tensor h = Ops.siluOver(NormScope.CLIP.apply(norm, x_MCHW, pass));
      return Passes.over(conv, h, pass);
    }
  }

  /** Named as in checkpoints, which count an activation and, but for the first, a dropout, too. */
  static TemporalStack of(Parameters p, long width, int kernel, int groups) {
    List<Step> steps = new ArrayList<>();
    for (int i = 1; i <= STEPS; i++) {
      Parameters step = p.at("conv" + i);
      Init init = i == STEPS ? Init.ZEROS : Init.fanIn(1);
      steps.add(
          new Step(
              GroupNorm.of(step.at(0), width, groups, EPS),
              FrameConv.of(step.at(i == 1 ? 2 : 3), width, width, kernel, init)));
    }
    return new TemporalStack(List.copyOf(steps));
  }

  @Override
  public Tensor forward(Tensor x_MCHW, Pass pass) {
    Tensor h = x_MCHW;
    for (Step step : steps) {
      Tensor before = h;
      h = Scopes.part(() -> step.forward(before, pass));
    }
    return Ops.addOver(h, x_MCHW);
  }
}
