package io.zoetrope.network.vision;

import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Tensors;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Pictures to tokens: CLIP's vision encoder, and what an IP-Adapter makes of its features. */
public final class PictureReader {
  /** How pictures become the squares that are read. */
  public enum View {
    /** What is beside the largest square in the middle is cut off. */
    CENTRE,
    /** Squashed ({@link WholeSquare}). */
    WHOLE
  }

  private final ClipVisionModel encoder;
  private final View view;
  private final Function<Tensor, Read> reading;

  private PictureReader(ClipVisionModel encoder, View view, Function<Tensor, Read> reading) {
    this.encoder = encoder;
    this.view = view;
    this.reading = reading;
  }

  public View view() {
    return view;
  }

  /**
   * A reader that gives the projected vector of a whole picture as its one token; no picture is
   * zeros (Stable Video Diffusion).
   */
  public static PictureReader vector(ClipVisionConfig config, Parameters p) {
    ClipVisionModel encoder = new ClipVisionModel(config, p);
    return new PictureReader(
        encoder,
        View.WHOLE,
        shown -> {
          Tensor token_P1E = encoder.encode(shown).embedded_BE().unsqueeze(1);
          return new Read(token_P1E, torch.zeros_like(token_P1E.narrow(0, 0, 1)));
        });
  }

  /**
   * A reader on its weights: the encoder's by their own names, those of the projection below {@code
   * image_proj}.
   */
  public static PictureReader projecting(
      ClipVisionConfig config, PictureProjection kind, Parameters p) {
    ClipVisionModel encoder = new ClipVisionModel(config, p);
    Function<Tensor, Tensor> projection = kind.build(p.at("image_proj"));
    return new PictureReader(
        encoder,
        View.CENTRE,
        shown ->
            switch (kind.source()) {
              case EMBEDDING -> {
                Tensor seen_BE = encoder.encode(shown).embedded_BE();
                yield new Read(
                    projection.apply(seen_BE),
                    projection.apply(torch.zeros_like(seen_BE.narrow(0, 0, 1))));
              }
              case TOKENS ->
                  new Read(
                      projection.apply(encoder.tokens(shown)),
                      projection.apply(encoder.tokens(blank(config))));
            });
  }

  /** A reader that gives tokens as they are; no picture is a black one there. */
  public static PictureReader bare(ClipVisionConfig config, Parameters p) {
    ClipVisionModel encoder = new ClipVisionModel(config, p);
    return new PictureReader(
        encoder,
        View.CENTRE,
        shown -> new Read(encoder.tokens(shown), encoder.tokens(blank(config))));
  }

  private static Tensor blank(ClipVisionConfig config) {
    return Tensors.zeros(1, 3, config.side(), config.side());
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
    return reading.apply(ClipVisionModel.normalised(x_P3HW));
  }
}
