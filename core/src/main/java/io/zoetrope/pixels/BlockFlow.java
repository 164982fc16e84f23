package io.zoetrope.pixels;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Optical flow by matching blocks, from small pictures to large: for every place the way is sought
 * on which two frames agree best around it.
 */
final class BlockFlow {
  /** Places around that must agree, in each direction. */
  static final int BLOCK = 2;

  /** Pictures are halved until a side is smaller than this. */
  private static final int SMALLEST = 12;

  /** What a pixel of way costs, so that it is short where any would do. */
  private static final float WAY = 4e-4f;

  /** By how much two frames have to agree better for something to have moved. */
  private static final float GAIN = 0.01f;

  /** A pixel that differs by no more has not changed. */
  private static final float UNCHANGED = 0.01f;

  /** How much of what is around what changes is looked at. */
  private static final int AROUND = 12;

  /** How far what is near is. */
  private static final int NEAR = 6;

  /** How far colours of one thing are apart. */
  private static final double ALIKE = 0.06;

  /** Shorter ways are none. */
  private static final double STILL = 0.2;

  private BlockFlow() {}

  /**
   * How far what is seen in a frame moves until another, on average over its places.
   *
   * @param whole the frame, values 0 to 1
   * @param next the other, as large
   * @return pixels
   * @throws UserError if the two are not of one size
   */
  static double mean(Raster whole, Raster next) {
    if (whole.height() != next.height() || whole.width() != next.width()) {
      throw new UserError(Fault.MISMATCH, "frames between which something moves are of one size");
    }
    int[] box = changed(whole, next);
    if (box.length == 0) {
      return 0;
    }
    Raster from = whole.part(box[0], box[1], box[2], box[3]);
    Raster to = next.part(box[0], box[1], box[2], box[3]);
    Raster way = sure(from, to, better(from, to, way(from, to, 0), 0, 1, 0.25f));
    double sum = 0;
    for (int y = 0; y < way.height(); y++) {
      for (int x = 0; x < way.width(); x++) {
        double length = length(way, y * way.width() + x);
        sum += length > 0 && moves(from, way, y, x) ? length : 0;
      }
    }
    return sum / (whole.height() * whole.width());
  }

  /**
   * Top, left, height and width of what changes and what is around it; empty where nothing does.
   */
  private static int[] changed(Raster a, Raster b) {
    int[] box = {a.height(), a.width(), -1, -1};
    for (int p = 0; p < a.values().length; p++) {
      if (Math.abs(a.values()[p] - b.values()[p]) > UNCHANGED) {
        int place = p % (a.height() * a.width());
        int y = place / a.width();
        int x = place % a.width();
        box[0] = Math.min(box[0], y);
        box[1] = Math.min(box[1], x);
        box[2] = Math.max(box[2], y);
        box[3] = Math.max(box[3], x);
      }
    }
    if (box[2] < 0) {
      return new int[0];
    }
    int top = Math.max(0, box[0] - AROUND);
    int left = Math.max(0, box[1] - AROUND);
    return new int[] {
      top,
      left,
      Math.min(a.height(), box[2] + 1 + AROUND) - top,
      Math.min(a.width(), box[3] + 1 + AROUND) - left
    };
  }

  /** Ways by which two frames agree better than where they stand, not by a little. */
  private static Raster sure(Raster a, Raster b, Raster way) {
    float[] here =
        difference(a, b, Raster.zeros(2, a.height(), a.width()), 0).smoothed(BLOCK).values();
    float[] there = difference(a, b, way, 0).smoothed(BLOCK).values();
    Raster sure = Raster.zeros(2, a.height(), a.width());
    int places = here.length;
    for (int p = 0; p < places; p++) {
      if (here[p] - there[p] > GAIN) {
        sure.values()[p] = way.values()[p];
        sure.values()[places + p] = way.values()[places + p];
      }
    }
    return sure;
  }

  private static double length(Raster way, int place) {
    return Math.hypot(way.values()[place], way.values()[way.height() * way.width() + place]);
  }

  /**
   * Whether most of what is near and of its colour moves: a block takes along what is plain beside
   * something that moves.
   */
  private static boolean moves(Raster picture, Raster way, int y, int x) {
    double moving = 0;
    double all = 0;
    for (int j = Math.max(0, y - NEAR); j <= Math.min(way.height() - 1, y + NEAR); j++) {
      for (int i = Math.max(0, x - NEAR); i <= Math.min(way.width() - 1, x + NEAR); i++) {
        double other = 0;
        for (int c = 0; c < picture.planes(); c++) {
          double d = picture.at(c, y, x) - picture.at(c, j, i);
          other += d * d;
        }
        if (other > 9 * ALIKE * ALIKE) {
          continue;
        }
        double alike = Math.exp(-other / (2 * ALIKE * ALIKE));
        all += alike;
        moving += length(way, j * way.width() + i) >= STILL ? alike : 0;
      }
    }
    return 2 * moving > all;
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
    Arrays.fill(least, Float.POSITIVE_INFINITY);
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
  static Raster difference(Raster a, Raster b, Raster way, float t) {
    Raster out = Raster.zeros(1, a.height(), a.width());
    for (int y = 0; y < a.height(); y++) {
      for (int x = 0; x < a.width(); x++) {
        float down = way.at(0, y, x);
        float right = way.at(1, y, x);
        float sum = 0;
        for (int c = 0; c < a.planes(); c++) {
          float before = t == 0 ? a.at(c, y, x) : a.at(c, y - t * down, x - t * right);
          float after = b.at(c, y + (1 - t) * down, x + (1 - t) * right);
          sum += Math.abs(before - after);
        }
        out.set(0, y, x, sum / a.planes());
      }
    }
    return out;
  }
}
