package io.zoetrope.eval.motion;

import io.zoetrope.eval.Rate;
import java.util.List;

/**
 * How often motion turns back: the velocities just before and just after a frame, {@code p[k-1] -
 * p[k-2]} and {@code p[k+1] - p[k]}, point in opposite directions (more than 90 degrees apart).
 * What stands still on one side, or is not seen, counts for nothing.
 *
 * @param atSeams turns of so many seams
 * @param inside turns of so many frames that are no seam and next to none
 */
public record Reversals(Rate atSeams, Rate inside) {
  /** Slower than this, sides of the frame per frame, is standing still: half a pixel of 128. */
  public static final double STILL = 0.004;

  /** Of one trajectory. */
  public static Reversals of(Trajectory way, List<Integer> seams) {
    int[] at = new int[2];
    int[] inside = new int[2];
    for (int k = 2; k + 1 < way.frames(); k++) {
      int frame = k;
      boolean seam = seams.contains(k);
      boolean near = seams.stream().anyMatch(s -> Math.abs(s - frame) <= 2);
      if (!moves(way, k) || (!seam && near)) {
        continue;
      }
      int[] count = seam ? at : inside;
      count[0] += turns(way, k) ? 1 : 0;
      count[1]++;
    }
    return new Reversals(new Rate(at[0], at[1]), new Rate(inside[0], inside[1]));
  }

  /** Of several. */
  public static Reversals of(List<Reversals> all) {
    return new Reversals(
        Rate.sum(all.stream().map(Reversals::atSeams).toList()),
        Rate.sum(all.stream().map(Reversals::inside).toList()));
  }

  private static boolean moves(Trajectory way, int k) {
    return way.difference(k - 2, -1, 1) > STILL && way.difference(k, -1, 1) > STILL;
  }

  private static boolean turns(Trajectory way, int k) {
    double[] x = way.x();
    double[] y = way.y();
    double dot =
        (x[k - 1] - x[k - 2]) * (x[k + 1] - x[k]) + (y[k - 1] - y[k - 2]) * (y[k + 1] - y[k]);
    return dot < 0;
  }
}
