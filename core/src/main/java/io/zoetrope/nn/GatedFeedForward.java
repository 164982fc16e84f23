package io.zoetrope.nn;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Feed-forward layer whose hidden features are gated: {@code out(a * gelu(b))}, where {@code [a, b]
 * = in(x)} (GEGLU: Shazeer, "GLU Variants Improve Transformer", 2020, eq. 5). Named as in
 * checkpoints of Stable Diffusion.
 */
public record GatedFeedForward(Linear in, Linear out) {
  /** Hidden size {@code width * factor}. */
  public static GatedFeedForward of(Parameters p, long width, long factor, Init out) {
    long hidden = width * factor;
    return new GatedFeedForward(
        Linear.of(p.at("net").at(0).at("proj"), width, 2 * hidden, Init.xavier()),
        Linear.of(p.at("net").at(2), hidden, width, out));
  }

  public Tensor forward(Tensor x) {
    Tensor both = in.forward(x);
    long hidden = both.size(-1) / 2;
    return out.forward(both.narrow(-1, 0, hidden).mul(torch.gelu(both.narrow(-1, hidden, hidden))));
  }
}
