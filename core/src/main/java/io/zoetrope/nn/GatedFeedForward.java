package io.zoetrope.nn;

import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Feed-forward layer whose hidden features are gated: {@code out(a * gelu(b))}, where {@code [a, b]
 * = in(x)} (GEGLU: Shazeer, "GLU Variants Improve Transformer", 2020, eq. 5). Named as in
 * checkpoints of Stable Diffusion.
 */
public record GatedFeedForward(Linear in, Linear out, long hidden) {
  /** Hidden features of a stretch of rows, all in all, gates and gated. */
  private static final long HIDDEN = 10L << 20;

  /** Rows of a stretch are a multiple of it. */
  private static final long ROUND = 512;

  /** Hidden size {@code width * factor}. */
  public static GatedFeedForward of(Parameters p, long width, long factor, Init out) {
    long hidden = width * factor;
    return new GatedFeedForward(
        Linear.of(p.at("net").at(0).at("proj"), width, 2 * hidden, Init.xavier()),
        Linear.of(p.at("net").at(2), hidden, width, out),
        hidden);
  }

  public Tensor forward(Tensor x) {
    long rows = x.numel() / x.size(-1);
    long step = step();
    if (GradMode.is_enabled() || rows <= step) {
      return rows(x);
    }
    // Some rows at a time, so that hidden features stay in the processor's cache.
    Tensor flat = x.reshape(rows, x.size(-1));
    List<Tensor> parts = new ArrayList<>();
    for (long at = 0; at < rows; at += step) {
      Tensor part = flat.narrow(0, at, Math.min(step, rows - at));
      parts.add(Scopes.tensor(() -> rows(part)));
    }
    long[] shape = Tensors.shape(x);
    shape[shape.length - 1] = parts.getFirst().size(-1);
    return Tensors.cat(parts, 0).reshape(shape);
  }

  /**
   * {@code x + forward(norm(x))}, in x's own memory unless gradients are recorded: stretch by
   * stretch, so that neither what is normalised nor what is added leaves the processor's cache.
   *
   * @param x [..., width] f32
   */
  public Tensor addOver(Tensor x, LayerNorm norm) {
    long rows = x.numel() / x.size(-1);
    long step = step();
    boolean here = x.is_contiguous() && x.scalar_type().intern() == ScalarType.Float;
    if (GradMode.is_enabled() || rows <= step || !here) {
      return Ops.addOver(x, () -> forward(norm.forward(x)));
    }
    Tensor flat = x.view(rows, x.size(-1));
    for (long at = 0; at < rows; at += step) {
      Tensor part = flat.narrow(0, at, Math.min(step, rows - at));
      Scopes.run(() -> Ops.addOver(part, rows(norm.forward(part))));
    }
    return x;
  }

  private long step() {
    return Math.max(ROUND, HIDDEN / (2 * hidden) / ROUND * ROUND);
  }

  private Tensor rows(Tensor x) {
    Tensor both = in.forward(x);
    Tensor gate = torch.gelu(both.narrow(-1, hidden, hidden));
    return out.forward(Ops.mulOver(gate, both.narrow(-1, 0, hidden)));
  }
}
