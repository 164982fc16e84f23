package io.zoetrope.network.unet;

import io.zoetrope.nn.FrameConv;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * What the layers of each resolution share, where time is halved with space; else one for all.
 *
 * @param all finest first
 * @param halvings between each and the next
 */
record Passes(List<Pass> all, List<TimePooling> halvings) {
  Passes {
    all = List.copyOf(all);
    halvings = List.copyOf(halvings);
  }

  /** That of a resolution, 0 the finest. */
  Pass at(int resolution) {
    return all.get(Math.min(resolution, all.size() - 1));
  }

  /** The same with something that layers over time see. */
  Passes showing(Optional<Tensor> shown_MCHW) {
    return shown_MCHW.isEmpty()
        ? this
        : new Passes(all.stream().map(pass -> pass.showing(shown_MCHW)).toList(), halvings);
  }

  /** A convolution over the frames of each group: [B * F, C, H, W] f32, there and back. */
  static Tensor over(FrameConv conv, Tensor x_MCHW, Pass pass) {
    Tensor y_BFNC = conv.forward(pass.tokens(x_MCHW), pass.reach(conv.kernel()));
    return Pass.image(y_BFNC, x_MCHW).to(ScalarType.Float);
  }
}
