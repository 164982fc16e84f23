package io.zoetrope.network.unet;

import io.zoetrope.nn.Attention;
import io.zoetrope.nn.GatedFeedForward;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.LayerNorm;
import io.zoetrope.nn.LevelEmbedding;
import io.zoetrope.nn.Linear;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A block over frames in a spatial transformer: it takes the tokens and the number of their frame,
 * thinks, looks at the same place in other frames and at the text, thinks again, and is blended
 * with what came in. Silent at first.
 */
final class TemporalTransformer implements TemporalTokens {
  /** Features of a frame's number inside, for each outside. */
  private static final int WIDER = 4;

  private final Linear numberIn;
  private final Linear numberOut;
  private final LayerNorm normIn;
  private final GatedFeedForward feedForwardIn;
  private final LayerNorm norm1;
  private final Attention frames;
  private final Optional<LayerNorm> norm2;
  private final Optional<Attention> text;
  private final LayerNorm norm3;
  private final GatedFeedForward feedForward;
  private final TemporalLayer.Joint joint;

  /**
   * @param place of the spatial transformer
   * @param released whether a clip of one frame is no image
   */
  TemporalTransformer(TemporalBlock.Place place, boolean released) {
    Parameters p = place.weights("attentions");
    long width = place.width();
    int contextWidth = place.config().contextWidth();
    boolean headNorm = place.config().style().headNorm();
    Parameters number = p.at("time_pos_embed");
    numberIn = Linear.of(number.at("linear_1"), width, WIDER * width, Init.normal(0.02));
    numberOut = Linear.of(number.at("linear_2"), WIDER * width, width, Init.ZEROS);
    Parameters block = p.at("temporal_transformer_blocks").at(0);
    normIn = LayerNorm.of(block.at("norm_in"), width);
    feedForwardIn = GatedFeedForward.of(block.at("ff_in"), width, 4, Init.ZEROS);
    norm1 = LayerNorm.of(block.at("norm1"), width);
    frames =
        headNorm
            ? Attention.self(block.at("attn1"), width, place.heads(), Init.ZEROS)
            : Attention.plain(block.at("attn1"), width, width, place.heads(), Init.ZEROS);
    norm2 =
        contextWidth > 0 ? Optional.of(LayerNorm.of(block.at("norm2"), width)) : Optional.empty();
    text =
        contextWidth == 0
            ? Optional.empty()
            : Optional.of(
                headNorm
                    ? Attention.cross(
                        block.at("attn2"), width, contextWidth, place.heads(), Init.ZEROS)
                    : Attention.plain(
                        block.at("attn2"), width, contextWidth, place.heads(), Init.ZEROS));
    norm3 = LayerNorm.of(block.at("norm3"), width);
    feedForward = GatedFeedForward.of(block.at("ff"), width, 4, Init.ZEROS);
    joint = TemporalLayer.Joint.of(Merge.MIX, p.at("time_mixer"), released);
  }

  @Override
  public Tensor forward(Tensor x_BFNC, Pass pass) {
    Tensor numbered = Scopes.part(() -> x_BFNC.add(numbers(x_BFNC, pass)));
    Tensor taken = feedForwardIn.addOver(numbered, normIn);
    Tensor moved =
        Ops.addOver(taken, () -> frames.overFrames(norm1.forward(taken), pass.groups_B11FF()));
    Tensor told =
        text.map(attention ->
                Ops.addOver(
                    moved,
                    () ->
                        pass.text()
                            .orElseThrow()
                            .attend(
                                attention, norm2.orElseThrow().forward(moved), pass.tokens_MND())))
            .orElse(moved);
    Tensor thought = feedForward.addOver(told, norm3);
    Tensor change = thought.sub(x_BFNC);
    Tensor share = joint.share(pass).orElseThrow();
    return Ops.mulOver(
        change, share.size(0) == 1 ? share : share.reshape(x_BFNC.size(0), x_BFNC.size(1), 1, 1));
  }

  /** Features of the number of each frame, [1, F, 1, C]. */
  private Tensor numbers(Tensor x_BFNC, Pass pass) {
    float[] times = pass.times();
    Tensor times_F = Tensors.beside(x_BFNC, Tensors.of(times, times.length));
    Tensor inside =
        torch.silu(
            numberIn.forward(LevelEmbedding.sinusoids(times_F, Math.toIntExact(x_BFNC.size(3)))));
    return numberOut.forward(inside).to(ScalarType.Float).reshape(1, times.length, 1, -1);
  }
}
