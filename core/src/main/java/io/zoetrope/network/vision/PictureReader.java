package io.zoetrope.network.vision;

import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Tensors;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Pictures to tokens: CLIP's vision encoder, and what an IP-Adapter makes of its features. */
public final class PictureReader {
  private final ClipVisionModel encoder;
  private final PictureProjection.Source source;
  private final Function<Tensor, Tensor> projection;

  /**
   * The reader on its weights: the encoder's by their own names, those of the projection below
   * {@code image_proj}.
   */
  public PictureReader(ClipVisionConfig config, PictureProjection kind, Parameters p) {
    encoder = new ClipVisionModel(config, p);
    source = kind.source();
    projection = kind.build(p.at("image_proj"));
  }

  /** Pixels of the square pictures that it reads. */
  public int side() {
    return encoder.config().side();
  }

  /**
   * What pictures become, and what stands for none.
   *
   * @param tokens_PND of each picture, f32
   * @param nothing_1ND what guidance leads away from
   */
  public record Read(Tensor tokens_PND, Tensor nothing_1ND) {}

  /** Reads pictures [P, 3, side, side] with values 0..1. */
  public Read read(Tensor x_P3HW) {
    Tensor shown = ClipVisionModel.normalised(x_P3HW);
    ClipVisionModel.Encoded seen = encoder.encode(shown);
    return switch (source) {
      case EMBEDDING ->
          new Read(
              projection.apply(seen.embedded_BE()),
              projection.apply(torch.zeros_like(seen.embedded_BE().narrow(0, 0, 1))));
      case TOKENS ->
          new Read(
              projection.apply(seen.tokens_BND()),
              projection.apply(encoder.encode(Tensors.zeros(1, 3, side(), side())).tokens_BND()));
    };
  }
}
