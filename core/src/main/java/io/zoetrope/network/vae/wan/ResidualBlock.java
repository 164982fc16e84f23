package io.zoetrope.network.vae.wan;

import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import java.util.Optional;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;

/** Norm, SiLU, convolution, twice, beside the identity or a product of each place. */
record ResidualBlock(Activated first, Activated second, Optional<Product> shortcut)
    implements Layer.Single {
  static ResidualBlock of(Parameters p, long in, long out) {
    return new ResidualBlock(
        Activated.of(p.at("norm1"), p.at("conv1"), in, out),
        Activated.of(p.at("norm2"), p.at("conv2"), out, out),
        in == out ? Optional.empty() : Optional.of(Product.of(p.at("conv_shortcut"), in, out)));
  }

  @Override
  public Tensor forward(Tensor frame_BHWC, Memory memory) {
    Tensor middle = first.forward(frame_BHWC, memory);
    Tensor activated = second.activate(middle);
    if (!GradMode.is_enabled()) {
      Scopes.free(middle);
    }
    Tensor beside = shortcut.isPresent() ? shortcut.get().forward(frame_BHWC, memory) : frame_BHWC;
    return Ops.addOver(second.convolve(activated, memory), beside);
  }
}
