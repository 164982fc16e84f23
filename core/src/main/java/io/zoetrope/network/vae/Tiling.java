package io.zoetrope.network.vae;

import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/**
 * Frames in overlapping tiles, so that memory does not grow with their size. In the overlap one
 * tile fades linearly into the next, first downwards, then to the right.
 *
 * <p>The result differs from the whole: a tile's normalisations and its attention see the tile
 * alone, and its borders are padded (docs/checkpoints.md has figures). The steps are those of
 * diffusers' {@code enable_tiling}, to its results.
 *
 * @param pixels side of a tile of pixels
 * @param latents side of the same tile in latents
 * @param overlap part of a tile that it shares with the next, in [0, 1)
 */
public record Tiling(int pixels, int latents, double overlap) {
  public Tiling {
    if (latents < 1 || pixels < latents || !(overlap >= 0 && overlap < 1)) {
      throw new IllegalArgumentException(
          "no tiles of %d pixels, %d latents and overlap %s".formatted(pixels, latents, overlap));
    }
  }

  /** The tiles of diffusers: as large as the frames of training, a quarter of overlap. */
  public static Tiling of(KlConfig config) {
    return new Tiling(
        config.sampleSize(), Math.max(1, config.sampleSize() / config.factor()), 0.25);
  }

  /** Whether frames [N, C, H, W] are larger than a tile of pixels. */
  boolean cutsPixels(Tensor x) {
    return x.size(2) > pixels || x.size(3) > pixels;
  }

  /** Whether frames [N, C, h, w] are larger than a tile of latents. */
  boolean cutsLatents(Tensor z) {
    return z.size(2) > latents || z.size(3) > latents;
  }

  /** Pixels to latents, tile by tile. */
  Tensor encode(Tensor x, UnaryOperator<Tensor> encoder) {
    return run(x, pixels, latents, encoder);
  }

  /** Latents to pixels, tile by tile. */
  Tensor decode(Tensor z, UnaryOperator<Tensor> decoder) {
    return run(z, latents, pixels, decoder);
  }

  /**
   * @param from side of a tile before
   * @param to side of a tile after
   */
  private Tensor run(Tensor x, int from, int to, UnaryOperator<Tensor> body) {
    long stride = Math.max(1, (long) (from * (1 - overlap)));
    long blend = (long) (to * overlap);
    long whole = to - blend;
    return Scopes.tensor(() -> {
      List<Tensor> rows = new ArrayList<>();
      List<Tensor> above = List.of();
      for (long top = 0; top < x.size(2); top += stride) {
        List<Tensor> row = new ArrayList<>();
        List<Tensor> cut = new ArrayList<>();
        for (long left = 0; left < x.size(3); left += stride) {
          Tensor part = part(part(x, 2, top, from), 3, left, from);
          int column = row.size();
          List<Tensor> over = above;
          Tensor tile =
              Scopes.tensor(() -> {
                Tensor fresh = body.apply(part);
                Tensor down = over.isEmpty() ? fresh : fade(over.get(column), fresh, 2, blend);
                return column == 0 ? down : fade(row.getLast(), down, 3, blend);
              });
          row.add(tile);
          cut.add(part(part(tile, 2, 0, whole), 3, 0, whole));
        }
        rows.add(Tensors.cat(cut, 3));
        above = row;
      }
      return Tensors.cat(rows, 2);
    });
  }

  /** At most so many rows or columns from a place on. */
  private static Tensor part(Tensor x, long axis, long from, long count) {
    return x.narrow(axis, from, Math.min(count, x.size(axis) - from));
  }

  /** {@code after}, whose first rows or columns fade in over the last ones of {@code before}. */
  private static Tensor fade(Tensor before, Tensor after, long axis, long most) {
    long extent = Math.min(most, Math.min(before.size(axis), after.size(axis)));
    if (extent == 0) {
      return after;
    }
    float[] weights = new float[(int) extent];
    for (int i = 0; i < extent; i++) {
      weights[i] = (float) i / extent;
    }
    long[] shape = {1, 1, 1, 1};
    shape[(int) axis] = extent;
    Tensor in = Tensors.of(weights, shape).to(after.device(), after.scalar_type());
    Tensor out = Ops.add(Ops.mul(in, -1), 1);
    Tensor old = before.narrow(axis, before.size(axis) - extent, extent);
    Tensor mixed = old.mul(out).add(after.narrow(axis, 0, extent).mul(in));
    long rest = after.size(axis) - extent;
    return rest == 0 ? mixed : Tensors.cat(List.of(mixed, after.narrow(axis, extent, rest)), axis);
  }
}
