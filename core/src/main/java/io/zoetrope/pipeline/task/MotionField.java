package io.zoetrope.pipeline.task;

import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A motion that all of a picture has in common: what frame k shows at a place is what frame 0 shows
 * k steps further on (Khachatryan et al., "Text2Video-Zero", 2023, equation 6). Beyond its edges a
 * picture is its own mirror image; the nearest value is taken, so that noise stays noise.
 *
 * @param x to the right, from one frame to the next, in pixels of a picture 512 wide: content moves
 *     left
 * @param y down, likewise of a picture 512 high: content moves up
 */
public record MotionField(double x, double y) {
  /** Of the paper and of the public reference. */
  public static final MotionField USUAL = new MotionField(12, 12);

  /** The side of the picture in which motions are said. */
  private static final double SIDE = 512;

  public MotionField {
    if (!Double.isFinite(x) || !Double.isFinite(y)) {
      throw new IllegalArgumentException("a motion is two finite numbers, not " + x + ", " + y);
    }
  }

  /** Frame 0 after k frames; z [..., h, w], of any size. */
  public Tensor warp(Tensor z, long k) {
    return Scopes.tensor(() -> {
      Tensor rows = along(y * k, z.size(-2));
      Tensor columns = along(x * k, z.size(-1));
      return z.index_select(-2, rows.to(z.device(), ScalarType.Long))
          .index_select(-1, columns.to(z.device(), ScalarType.Long));
    });
  }

  /** Where each of {@code size} values along an axis comes from. */
  private static Tensor along(double shift, long size) {
    long[] from = new long[Math.toIntExact(size)];
    for (int i = 0; i < from.length; i++) {
      // The reference moves the corners of pixels of the large picture, not their centres.
      from[i] = nearest(i + (shift - 0.5) * size / SIDE, size);
    }
    return Tensors.of(from, size);
  }

  /** Mirrored at -1/2 and size - 1/2, then rounded, halves to even. */
  private static long nearest(double position, long size) {
    double beyond = Math.abs(position + 0.5);
    double turns = Math.floor(beyond / size);
    double rest = beyond - turns * size;
    double back = turns % 2 == 0 ? rest - 0.5 : size - rest - 0.5;
    return Math.clamp((long) Math.rint(Math.clamp(back, 0, size - 1)), 0L, size - 1);
  }
}
