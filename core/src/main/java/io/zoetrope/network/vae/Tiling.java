package io.zoetrope.network.vae;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
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
 * @param latents side of a tile in latents
 * @param overlap latents that a tile shares with the next; fewer than it has
 */
public record Tiling(int latents, int overlap) {
  public Tiling {
    if (latents < 1 || overlap < 0 || overlap >= latents) {
      throw new UserError(
          Fault.INVALID,
          "tiles of %s latents cannot overlap by %s: a tile has at least 1 and shares fewer than it has"
              .formatted(latents, overlap));
    }
  }

  /** The tiles of diffusers: as large as the frames of training, a quarter of overlap. */
  public static Tiling of(KlConfig config) {
    int latents = Math.max(1, config.sampleSize() / config.factor());
    return new Tiling(latents, latents / 4);
  }

  /** Whether frames [N, C, h, w] are larger than a tile, which has so many to a latent. */
  boolean cuts(Tensor x, int scale) {
    return x.size(2) > (long) scale * latents || x.size(3) > (long) scale * latents;
  }

  /** Pixels to latents, tile by tile. */
  Tensor encode(Tensor x, int factor, UnaryOperator<Tensor> encoder) {
    return run(x, factor, 1, encoder);
  }

  /** Latents to pixels, tile by tile. */
  Tensor decode(Tensor z, int factor, UnaryOperator<Tensor> decoder) {
    return run(z, 1, factor, decoder);
  }

  /**
   * @param before what a latent has on a side before the body
   * @param after and behind it
   */
  private Tensor run(Tensor x, int before, int after, UnaryOperator<Tensor> body) {
    long side = (long) latents * before;
    long stride = (long) (latents - overlap) * before;
    long blend = (long) overlap * after;
    long whole = (long) (latents - overlap) * after;
    return Scopes.tensor(() -> {
      List<Tensor> rows = new ArrayList<>();
      List<Tensor> above = List.of();
      for (long top = 0; top + before <= x.size(2); top += stride) {
        List<Tensor> row = new ArrayList<>();
        List<Tensor> cut = new ArrayList<>();
        // A last strip of less than a latent would make nothing.
        for (long left = 0; left + before <= x.size(3); left += stride) {
          Tensor part = part(part(x, 2, top, side), 3, left, side);
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
