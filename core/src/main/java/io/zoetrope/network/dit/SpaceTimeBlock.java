package io.zoetrope.network.dit;

import io.zoetrope.network.FrameModulation;
import io.zoetrope.network.FrameText;
import io.zoetrope.nn.Attention;
import io.zoetrope.nn.FeedForward;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.Parameters;
import io.zoetrope.nn.Rotary;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * One block: tokens look at their own frame, at the text, at their own place in all frames, and
 * think. All but the look at the text are scaled, shifted and gated by the condition of their frame
 * (adaptive LayerNorm: Peebles &amp; Xie, "DiT", 2023; the shared projection with a table in each
 * block is that of Chen et al., "PixArt-alpha", 2023).
 *
 * <p>The temporal layer's output projection starts at zero, so that a network of still images is
 * unchanged when it gets its temporal layers.
 */
final class SpaceTimeBlock {
  /** Rows of modulation: shift, scale and gate for space, time and feed-forward. */
  static final int ROWS = 9;

  private final Attention space;
  private final Optional<Attention> text;
  private final Optional<Attention> time;
  private final FeedForward feedForward;
  private final Tensor table_RD;

  SpaceTimeBlock(DitConfig config, Parameters p) {
    int width = config.width();
    space = Attention.self(p.at("attn1"), width, config.heads(), Init.xavier());
    text =
        config.textWidth() == 0
            ? Optional.empty()
            : Optional.of(
                Attention.cross(
                    p.at("attn2"), width, config.textWidth(), config.heads(), Init.ZEROS));
    time =
        config.temporal()
            ? Optional.of(Attention.self(p.at("attn_temp"), width, config.heads(), Init.ZEROS))
            : Optional.empty();
    feedForward = FeedForward.of(p.at("ff"), width, 4, Init.xavier());
    table_RD = p.plain("scale_shift_table", Init.normal(1 / Math.sqrt(width)), ROWS, width);
  }

  /** What all blocks of one forward pass share. */
  record Shared(
      Tensor modulation_BFRD,
      Rotary spaceRotary,
      Rotary timeRotary,
      Tensor text_MND,
      Optional<FrameText> frameText,
      Optional<Tensor> groups_BFF) {}

  /** What its first layer is given, [B, F, N, D]. */
  Tensor entrance(Tensor x_BFND, Tensor modulation_BFRD) {
    return new FrameModulation(modulation_BFRD.add(table_RD)).in(x_BFND, 0);
  }

  /** x [B, F, N, D] f32 -> the same shape. */
  Tensor forward(Tensor x_BFND, Shared shared) {
    long b = x_BFND.size(0);
    long f = x_BFND.size(1);
    long n = x_BFND.size(2);
    long d = x_BFND.size(3);
    FrameModulation m = new FrameModulation(shared.modulation_BFRD.add(table_RD));

    Tensor x = x_BFND;
    Tensor h = m.in(x, 0).reshape(b * f, n, d);
    h = space.self(h, Optional.of(shared.spaceRotary), Optional.empty());
    x = m.out(x, h.reshape(b, f, n, d), 0);

    if (text.isPresent()) {
      FrameText texts = shared.frameText.orElseThrow();
      x = x.add(texts.attend(text.get(), FrameModulation.norm(x), shared.text_MND));
    }

    if (time.isPresent()) {
      h = m.in(x, 3).transpose(1, 2).reshape(b * n, f, d);
      Optional<Tensor> mask =
          shared.groups_BFF.map(g -> g.unsqueeze(1).expand(b, n, f, f).reshape(b * n, 1, f, f));
      h = time.get().self(h, Optional.of(shared.timeRotary), mask);
      x = m.out(x, h.reshape(b, n, f, d).transpose(1, 2), 3);
    }
    return m.out(x, feedForward.forward(m.in(x, 6)), 6);
  }
}
