package io.zoetrope.pixels;

import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * A frame between two, each place looked up where it comes from and where it goes. For every place
 * of the frame between, the way is sought on which the two frames agree best around it: by matching
 * blocks, from small pictures to large. Where they agree nowhere, something is hidden in one of
 * them: there the one counts that looks like what is around.
 *
 * <p>A classical method and a small one: good for things that move by a few pixels, as neighbours
 * of neighbours in a video do.
 */
public final class FlowInterpolator implements FrameInterpolator {
  /** Where the two differ by more on the best way, one of them is hidden. */
  private static final float HIDDEN = 0.06f;

  /** How fast what does not look like its surroundings stops to count. */
  private static final float STRICT = 40;

  @Override
  public Tensor between(Tensor a_N3HW, Tensor b_N3HW, double t) {
    return Scopes.tensor(() -> {
      List<Tensor> all = new ArrayList<>();
      for (long n = 0; n < a_N3HW.size(0); n++) {
        Raster a = Raster.of(a_N3HW.select(0, n));
        Raster b = Raster.of(b_N3HW.select(0, n));
        all.add(made(a, b, BlockFlow.way(a, b, (float) t), (float) t).tensor());
      }
      return Tensors.stack(all, 0);
    });
  }

  private static Raster made(Raster a, Raster b, Raster way, float t) {
    Raster before = Raster.zeros(a.planes(), a.height(), a.width());
    Raster after = Raster.zeros(a.planes(), a.height(), a.width());
    for (int y = 0; y < a.height(); y++) {
      for (int x = 0; x < a.width(); x++) {
        float down = way.at(0, y, x);
        float right = way.at(1, y, x);
        for (int c = 0; c < a.planes(); c++) {
          before.set(c, y, x, a.at(c, y - t * down, x - t * right));
          after.set(c, y, x, b.at(c, y + (1 - t) * down, x + (1 - t) * right));
        }
      }
    }
    return joined(before, after, BlockFlow.difference(a, b, way, t), t);
  }

  /** The mean of both where they agree; where not, more of what looks like its surroundings. */
  private static Raster joined(Raster before, Raster after, Raster difference, float t) {
    Raster mean = Raster.zeros(before.planes(), before.height(), before.width());
    Raster sure = Raster.zeros(1, before.height(), before.width());
    Raster known = Raster.zeros(before.planes(), before.height(), before.width());
    int places = before.height() * before.width();
    for (int p = 0; p < places; p++) {
      boolean agree = difference.values()[p] <= HIDDEN;
      sure.values()[p] = agree ? 1 : 0;
      for (int c = 0; c < before.planes(); c++) {
        int i = c * places + p;
        mean.values()[i] = (1 - t) * before.values()[i] + t * after.values()[i];
        known.values()[i] = agree ? mean.values()[i] : 0;
      }
    }
    Raster around = known.smoothed(2 * BlockFlow.BLOCK);
    Raster share = sure.smoothed(2 * BlockFlow.BLOCK);
    for (int p = 0; p < places; p++) {
      float part = share.values()[p];
      if (sure.values()[p] == 1 || part == 0) {
        continue;
      }
      float strangeBefore = 0;
      float strangeAfter = 0;
      for (int c = 0; c < before.planes(); c++) {
        int i = c * places + p;
        strangeBefore += Math.abs(before.values()[i] - around.values()[i] / part);
        strangeAfter += Math.abs(after.values()[i] - around.values()[i] / part);
      }
      float lean = STRICT * (strangeAfter - strangeBefore) / before.planes();
      float weight = (1 - t) / ((1 - t) + t * (float) Math.exp(-lean));
      for (int c = 0; c < before.planes(); c++) {
        int i = c * places + p;
        mean.values()[i] = weight * before.values()[i] + (1 - weight) * after.values()[i];
      }
    }
    return mean;
  }
}
