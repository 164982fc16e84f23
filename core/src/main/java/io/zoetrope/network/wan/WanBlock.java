package io.zoetrope.network.wan;

import io.zoetrope.network.FrameModulation;
import io.zoetrope.network.FrameText;
import io.zoetrope.nn.Attention;
import io.zoetrope.nn.FeedForward;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.LayerNorm;
import io.zoetrope.nn.Linear;
import io.zoetrope.nn.Parameters;
import io.zoetrope.nn.QueryNorm;
import io.zoetrope.nn.Rotary;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * One block: tokens look at all tokens of their clip, at the text and at pictures, and think. All
 * but the look at text and pictures is shifted, scaled and gated by the level of their frame.
 */
final class WanBlock {
  /** Rows of modulation: shift, scale and gate for attention and feed-forward. */
  static final int ROWS = 6;

  private static final double EPS = 1e-6;

  private final Attention all;
  private final Attention text;
  private final Optional<LayerNorm> textNorm;
  private final Optional<Seeing> pictures;
  private final FeedForward feedForward;
  private final Tensor table_1RD;

  /** Keys and values of pictures, by the queries for the text. */
  private record Seeing(Linear keys, QueryNorm norm, Linear values) {
    static Seeing of(Parameters p, long width, long heads) {
      return new Seeing(
          Linear.of(p.at("add_k_proj"), width, width, Init.xavier()),
          QueryNorm.Kind.ACROSS.of(p.at("norm_added_k"), width, heads).orElseThrow(),
          Linear.of(p.at("add_v_proj"), width, width, Init.xavier()));
    }
  }

  WanBlock(WanConfig config, Parameters p) {
    long width = config.features();
    long heads = config.heads();
    Attention.Style style = new Attention.Style(QueryNorm.Kind.ACROSS, true, Init.xavier());
    all = Attention.of(p.at("attn1"), width, width, heads, style);
    text = Attention.of(p.at("attn2"), width, width, heads, style);
    textNorm =
        config.textNorm() ? Optional.of(LayerNorm.of(p.at("norm2"), width, EPS)) : Optional.empty();
    pictures = config.pictures().map(seen -> Seeing.of(p.at("attn2"), width, heads));
    feedForward = FeedForward.ofHidden(p.at("ffn"), width, config.hidden(), Init.xavier());
    table_1RD = p.plain("scale_shift_table", Init.normal(1 / Math.sqrt(width)), 1, ROWS, width);
  }

  /**
   * What all blocks of one forward pass share.
   *
   * @param spans who looks at whom; empty where all look at all
   * @param pictures_MND tokens of M pictures, and which of them each frame sees
   */
  record Shared(
      Tensor modulation_BFRD,
      Rotary rotary,
      Optional<List<List<Attention.Span>>> spans,
      Tensor text_MND,
      FrameText texts,
      Optional<Tensor> pictures_MND,
      Optional<FrameText> framePictures) {}

  /** x [B, F, N, D] f32 -> the same shape. */
  Tensor forward(Tensor x_BFND, Shared shared) {
    long b = x_BFND.size(0);
    long f = x_BFND.size(1);
    long n = x_BFND.size(2);
    long d = x_BFND.size(3);
    FrameModulation m = new FrameModulation(shared.modulation_BFRD.add(table_1RD));

    Tensor h = m.in(x_BFND, 0).reshape(b, f * n, d);
    h =
        shared.spans.isPresent()
            ? all.within(h, shared.rotary, shared.spans.get())
            : all.self(h, Optional.of(shared.rotary), Optional.empty());
    Tensor x = m.out(x_BFND, h.reshape(b, f, n, d), 0);

    Tensor asking = textNorm.isPresent() ? textNorm.get().forward(x) : x;
    h = shared.texts.attend(text, asking, shared.text_MND, beside(shared));
    x = x.add(h.to(ScalarType.Float));
    return m.out(x, feedForward.forward(m.in(x, 3)), 3);
  }

  private Optional<FrameText.Beside> beside(Shared shared) {
    if (pictures.isEmpty() || shared.pictures_MND.isEmpty()) {
      return Optional.empty();
    }
    Seeing seen = pictures.get();
    return Optional.of(
        new FrameText.Beside(
            text.context(seen.keys, seen.norm, seen.values, shared.pictures_MND.get()),
            shared.framePictures.flatMap(FrameText::rows),
            1));
  }
}
