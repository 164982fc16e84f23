package io.zoetrope.network.unet;

import io.zoetrope.nn.Conv2d;
import io.zoetrope.nn.FrameConv;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.Parameters;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** A 3x3 convolution of each frame, and its partner over time where the recipe has one. */
record ImageConv(Conv2d space, Optional<FrameConv> time) {
  static ImageConv of(
      Inflation inflation, Parameters p, String name, long in, long out, long stride, Init init) {
    return new ImageConv(
        Conv2d.of(p.at(name), in, out, 3, stride, init),
        inflation.convolution() instanceof TemporalConvolution.Factorised f
            ? Optional.of(FrameConv.identity(p.at(name + "_temporal"), out, f.kernel()))
            : Optional.empty());
  }

  Tensor forward(Tensor x_MCHW, Pass pass) {
    Tensor y = space.forward(x_MCHW);
    if (time.isEmpty()) {
      return y;
    }
    FrameConv conv = time.get();
    return Pass.image(conv.forward(pass.tokens(y), pass.reach(conv.kernel())), y);
  }
}
