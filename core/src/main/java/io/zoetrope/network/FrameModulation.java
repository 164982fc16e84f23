package io.zoetrope.network;

import io.zoetrope.torch.Ops;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Shift, scale and gate by which transformers are told each frame's level: adaptive LayerNorm
 * (Peebles &amp; Xie, "DiT", 2023). Held for each frame, and the same for all of its tokens.
 *
 * @param rows_BFRD what is shifted, scaled or gated by, R rows a frame
 */
public record FrameModulation(Tensor rows_BFRD) {
  private static final double EPS = 1e-6;

  /** Row r as [B, F, 1, D]. */
  private Tensor row(int r) {
    return rows_BFRD.narrow(2, r, 1);
  }

  /** Tokens x [B, F, N, D] normalised, then shifted by row {@code first} and scaled by the next. */
  public Tensor in(Tensor x, int first) {
    return torch.addcmul(row(first), norm(x), Ops.add(row(first + 1), 1));
  }

  /** x and h, which is gated by row {@code first + 2}. */
  public Tensor out(Tensor x, Tensor h, int first) {
    return torch.addcmul(x, h.to(ScalarType.Float), row(first + 2));
  }

  /** LayerNorm over features, without weights. */
  public static Tensor norm(Tensor x) {
    return Ops.layerNorm(x, Optional.empty(), Optional.empty(), EPS);
  }
}
