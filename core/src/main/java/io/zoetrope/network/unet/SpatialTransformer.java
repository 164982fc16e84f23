package io.zoetrope.network.unet;

import io.zoetrope.network.FrameText;
import io.zoetrope.nn.Attention;
import io.zoetrope.nn.Conv2d;
import io.zoetrope.nn.GatedFeedForward;
import io.zoetrope.nn.GroupNorm;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.LayerNorm;
import io.zoetrope.nn.Linear;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Places of a frame look at each other, at the text, and think, beside the identity (Rombach et
 * al., "High-Resolution Image Synthesis with Latent Diffusion Models", 2022, appendix E.2.1); then,
 * if the inflation says so, at themselves in other frames.
 */
final class SpatialTransformer {
  private final TemporalBlock.Spot spot;
  private final SpatialAttention pattern;
  private final boolean textOnly;
  private final GroupNorm norm;
  private final Projection in;
  private final LayerNorm norm1;
  private final Attention self;
  private final Optional<LayerNorm> norm2;
  private final Optional<Attention> text;
  private final LayerNorm norm3;
  private final GatedFeedForward feedForward;
  private final Optional<TemporalTokens> temporal;
  private final Projection out;

  /** Features to features at each place; a linear layer or, in older checkpoints, a convolution. */
  private record Projection(Optional<Linear> linear, Optional<Conv2d> conv) {
    static Projection of(Parameters p, long width, boolean isLinear, Init init) {
      return isLinear
          ? new Projection(Optional.of(Linear.of(p, width, width, init)), Optional.empty())
          : new Projection(Optional.empty(), Optional.of(Conv2d.of(p, width, width, 1, 1, init)));
    }

    Tensor forward(Tensor x_BFNC, Tensor like_MCHW, Pass pass) {
      if (linear.isPresent()) {
        return linear.get().forward(x_BFNC);
      }
      return pass.tokens(conv.orElseThrow().forward(Pass.image(x_BFNC, like_MCHW)));
    }
  }

  SpatialTransformer(TemporalBlock.Place place) {
    UNetConfig config = place.config();
    Parameters p = place.weights("attentions");
    long width = place.width();
    long heads = place.heads();
    spot = place.spot();
    LayerStyle style = config.style();
    pattern = config.inflation().attention();
    norm = GroupNorm.of(p.at("norm"), width, style.groups(), 1e-6);
    in = Projection.of(p.at("proj_in"), width, style.linearProjection(), Init.fanIn(1));
    Parameters block = p.at("transformer_blocks").at(0);
    norm1 = LayerNorm.of(block.at("norm1"), width);
    boolean reads = config.contextWidth() > 0;
    textOnly = reads && config.textOnly(spot);
    long seen = textOnly ? config.contextWidth() : width;
    self = attention(style, block.at("attn1"), width, seen, heads);
    norm2 = reads ? Optional.of(LayerNorm.of(block.at("norm2"), width)) : Optional.empty();
    text =
        !reads
            ? Optional.empty()
            : Optional.of(attention(style, block.at("attn2"), width, config.contextWidth(), heads));
    norm3 = LayerNorm.of(block.at("norm3"), width);
    feedForward = GatedFeedForward.of(block.at("ff"), width, 4, Init.xavier());
    temporal = config.inflation().temporal().within(place);
    out = Projection.of(p.at("proj_out"), width, style.linearProjection(), Init.ZEROS);
  }

  private static Attention attention(
      LayerStyle style, Parameters p, long width, long context, long heads) {
    return style.headNorm()
        ? Attention.cross(p, width, context, heads, Init.xavier())
        : Attention.plain(p, width, context, heads, Init.xavier());
  }

  /** x [B * F, C, H, W] f32 -> the same shape. */
  Tensor forward(Tensor x, Pass pass) {
    Tensor h =
        Scopes.part(() -> in.forward(pass.tokens(norm.forward(x)), x, pass).to(ScalarType.Float));
    SpatialAttention whom = pass.attention().orElse(pattern);
    Tensor seen =
        Ops.addOver(
            h,
            () ->
                textOnly
                    ? pass.text().orElseThrow().attend(self, norm1.forward(h), pass.tokens_MND())
                    : whom.look(self, norm1.forward(h), pass.groups()));
    Tensor told = text.map(t -> told(t, seen, pass)).orElse(seen);
    Tensor thought = feedForward.addOver(told, norm3);
    Tensor moved =
        temporal.map(t -> Ops.addOver(thought, () -> t.forward(thought, pass))).orElse(thought);
    return Scopes.part(() -> x.add(Pass.image(out.forward(moved, x, pass), x)));
  }

  private Tensor told(Attention attention, Tensor seen, Pass pass) {
    FrameText texts = pass.text().orElseThrow();
    LayerNorm norm = norm2.orElseThrow();
    return Ops.addOver(
        seen,
        () ->
            texts.attend(
                attention,
                norm.forward(seen),
                pass.tokens_MND(),
                pass.pictures().map(pictures -> pictures.at(spot, attention))));
  }
}
