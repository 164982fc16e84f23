package io.zoetrope.network.unet;

import io.zoetrope.nn.Parameters;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** A residual block and what follows it, as far as the config has it there. */
record Layer(
    ResnetBlock resnet,
    Optional<TemporalLayer> residual,
    Optional<SpatialTransformer> attention,
    Optional<TemporalLayer> temporal) {

  /**
   * @param stage the resolution that it belongs to
   * @param index its number there
   * @param heads of attention; 0 for none
   */
  static Layer of(UNetConfig config, Parameters stage, int index, long in, long out, int heads) {
    return new Layer(
        new ResnetBlock(config, stage.at("resnets").at(index), in, out),
        residual(config, stage, index, out),
        heads == 0
            ? Optional.empty()
            : Optional.of(
                new SpatialTransformer(config, stage.at("attentions").at(index), out, heads)),
        TemporalLayer.of(config, stage, index, out, heads));
  }

  /** A residual block alone: the last of the bottom. */
  static Layer plain(UNetConfig config, Parameters stage, int index, long width) {
    return new Layer(
        new ResnetBlock(config, stage.at("resnets").at(index), width, width),
        residual(config, stage, index, width),
        Optional.empty(),
        Optional.empty());
  }

  private static Optional<TemporalLayer> residual(
      UNetConfig config, Parameters stage, int index, long width) {
    return config.inflation().convolution() instanceof TemporalConvolution.Residual r
        ? Optional.of(
            new TemporalResnet(config, r.kernel(), stage.at("temp_resnets").at(index), width))
        : Optional.empty();
  }

  Tensor forward(Tensor x_MCHW, Pass pass) {
    Tensor x = resnet.forward(x_MCHW, pass);
    if (residual.isPresent()) {
      x = residual.get().forward(x, pass);
    }
    if (attention.isPresent()) {
      x = attention.get().forward(x, pass);
    }
    return temporal.isPresent() ? temporal.get().forward(x, pass) : x;
  }
}
