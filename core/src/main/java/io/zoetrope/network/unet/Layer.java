package io.zoetrope.network.unet;

import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Segments;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** A residual block and what follows it, as far as the config has it there. */
record Layer(
    ResnetBlock resnet,
    Optional<TemporalLayer> residual,
    Optional<SpatialTransformer> attention,
    Optional<TemporalLayer> temporal) {

  /**
   * @param spot where it is
   * @param stage the resolution that it belongs to
   * @param heads of attention; 0 for none
   */
  static Layer of(
      UNetConfig config, TemporalBlock.Spot spot, Parameters stage, long in, long out, int heads) {
    TemporalBlock.Place place = new TemporalBlock.Place(config, spot, stage, out, heads);
    return of(place, in, config.inflation().temporal().at(place));
  }

  /** The first of the bottom. */
  static Layer middle(UNetConfig config, Parameters stage, long width, int heads) {
    TemporalBlock block = config.inflation().temporal();
    TemporalBlock.Place place =
        new TemporalBlock.Place(config, TemporalBlock.Spot.MIDDLE, stage, width, heads);
    return of(place, width, block.inTheMiddle() ? block.at(place) : Optional.empty());
  }

  private static Layer of(TemporalBlock.Place place, long in, Optional<TemporalLayer> temporal) {
    return new Layer(
        new ResnetBlock(place, in),
        place.config().inflation().convolution().after(place),
        place.heads() == 0 ? Optional.empty() : Optional.of(new SpatialTransformer(place)),
        temporal);
  }

  /** A residual block alone: the last of the bottom. */
  static Layer plain(UNetConfig config, Parameters stage, int index, long width) {
    TemporalBlock.Spot spot = new TemporalBlock.Spot(TemporalBlock.Way.MIDDLE, 0, index);
    return of(new TemporalBlock.Place(config, spot, stage, width, 0), width, Optional.empty());
  }

  /** As a segment, of what comes from the layer before and, on the way up, what was kept. */
  Tensor run(Segments segments, List<Tensor> xs, Pass shared) {
    List<Tensor> inputs = new ArrayList<>(List.of(shared.c_ME(), shared.tokens_MND()));
    inputs.addAll(xs);
    return segments.run(
        at ->
            forward(
                at.size() == 3 ? at.get(2) : Tensors.cat(at.subList(2, at.size()), 1),
                shared.with(at.get(0), at.get(1))),
        inputs);
  }

  private Tensor forward(Tensor x_MCHW, Pass pass) {
    Tensor x = Scopes.part(() -> resnet.forward(x_MCHW, pass));
    if (residual.isPresent()) {
      x = residual.get().forward(x, pass);
    }
    if (attention.isPresent()) {
      x = attention.get().forward(x, pass);
    }
    return temporal.isPresent() ? temporal.get().forward(x, pass) : x;
  }
}
