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
  /** Pictures are halved until a side is smaller than this. */
  private static final int SMALLEST = 12;

  /** Places around that must agree, in each direction. */
  private static final int BLOCK = 2;

  /** What a pixel of way costs, so that it is short where any would do. */
  private static final float WAY = 4e-4f;

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
        all.add(made(a, b, way(a, b, (float) t), (float) t).tensor());
      }
      return Tensors.stack(all, 0);
    });
  }

  /**
   * How far each place of the frame between moves from a to b, in pixels: two planes, down and
   * right.
   */
  static Raster way(Raster a, Raster b, float t) {
    List<Raster> as = new ArrayList<>(List.of(a));
    List<Raster> bs = new ArrayList<>(List.of(b));
    while (Math.min(as.getLast().height(), as.getLast().width()) >= 2 * SMALLEST) {
      as.add(as.getLast().halved());
      bs.add(bs.getLast().halved());
    }
    Raster way = Raster.zeros(2, as.getLast().height(), as.getLast().width());
    for (int level = as.size() - 1; level >= 0; level--) {
      if (level < as.size() - 1) {
        way = way.doubledLike(as.get(level));
        for (int i = 0; i < way.values().length; i++) {
          way.values()[i] *= 2;
        }
      }
      boolean first = level == as.size() - 1;
      way = better(as.get(level), bs.get(level), way, t, first ? 3 : 1, 1).median();
      if (level == 0) {
        way = better(a, b, way, t, 1, 0.5f).median();
      }
    }
    return way;
  }

  /** The best of the ways that differ by some steps from one that is known. */
  private static Raster better(Raster a, Raster b, Raster known, float t, int reach, float step) {
    int places = a.height() * a.width();
    Raster best = Raster.zeros(2, a.height(), a.width());
    float[] least = new float[places];
    java.util.Arrays.fill(least, Float.POSITIVE_INFINITY);
    for (int i = -reach; i <= reach; i++) {
      for (int j = -reach; j <= reach; j++) {
        Raster tried = moved(known, i * step, j * step);
        float[] cost = difference(a, b, tried, t).smoothed(BLOCK).values();
        for (int p = 0; p < places; p++) {
          float down = tried.values()[p];
          float right = tried.values()[places + p];
          float all = cost[p] + WAY * (Math.abs(down) + Math.abs(right));
          if (all < least[p]) {
            least[p] = all;
            best.values()[p] = down;
            best.values()[places + p] = right;
          }
        }
      }
    }
    return best;
  }

  private static Raster moved(Raster way, float down, float right) {
    Raster out = Raster.zeros(2, way.height(), way.width());
    int places = way.height() * way.width();
    for (int p = 0; p < places; p++) {
      out.values()[p] = way.values()[p] + down;
      out.values()[places + p] = way.values()[places + p] + right;
    }
    return out;
  }

  /** By how much a where each place comes from and b where it goes differ, [1, H, W]. */
  private static Raster difference(Raster a, Raster b, Raster way, float t) {
    Raster out = Raster.zeros(1, a.height(), a.width());
    for (int y = 0; y < a.height(); y++) {
      for (int x = 0; x < a.width(); x++) {
        float down = way.at(0, y, x);
        float right = way.at(1, y, x);
        float sum = 0;
        for (int c = 0; c < a.planes(); c++) {
          float before = a.at(c, y - t * down, x - t * right);
          float after = b.at(c, y + (1 - t) * down, x + (1 - t) * right);
          sum += Math.abs(before - after);
        }
        out.set(0, y, x, sum / a.planes());
      }
    }
    return out;
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
    return joined(before, after, difference(a, b, way, t), t);
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
    Raster around = known.smoothed(2 * BLOCK);
    Raster share = sure.smoothed(2 * BLOCK);
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
