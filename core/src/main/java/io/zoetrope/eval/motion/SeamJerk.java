package io.zoetrope.eval.motion;

import io.zoetrope.eval.Seams;
import io.zoetrope.eval.Spread;
import java.util.ArrayList;
import java.util.List;

/**
 * What an object's motion does where clips join. The velocity from frame to frame changes by {@code
 * p[k+1] - 2 p[k] + p[k-1]}, and the acceleration by {@code p[k+2] - 3 p[k+1] + 3 p[k] - p[k-1]};
 * the lengths of these, averaged over places that straddle a seam and over all others.
 *
 * @param velocity its change, in sides of the frame per frame squared
 * @param acceleration its change, in sides per frame cubed
 */
public record SeamJerk(Seams.Contrast velocity, Seams.Contrast acceleration) {
  private static final double[] SECOND = {1, -2, 1};
  private static final double[] THIRD = {-1, 3, -3, 1};

  /** Of one trajectory. */
  public static SeamJerk of(Trajectory way, List<Integer> seams) {
    return new SeamJerk(contrast(way, seams, SECOND), contrast(way, seams, THIRD));
  }

  /** Of several, by places. */
  public static SeamJerk of(List<SeamJerk> all) {
    return new SeamJerk(
        Seams.Contrast.of(all.stream().map(SeamJerk::velocity).toList()),
        Seams.Contrast.of(all.stream().map(SeamJerk::acceleration).toList()));
  }

  /**
   * The change of velocity at each frame k, {@code |p[k+1] - 2 p[k] + p[k-1]|}, averaged over
   * trajectories of one length; NaN at both ends and where nobody is seen.
   */
  public static List<Double> profile(List<Trajectory> ways) {
    List<Double> profile = new ArrayList<>();
    for (int k = 0; k < ways.getFirst().frames(); k++) {
      int frame = k;
      boolean end = k == 0 || k + 1 == ways.getFirst().frames();
      profile.add(
          end
              ? Double.NaN
              : Spread.of(ways.stream().map(w -> w.difference(frame - 1, SECOND)).toList()).mean());
    }
    return profile;
  }

  private static Seams.Contrast contrast(Trajectory way, List<Integer> seams, double[] stencil) {
    return Seams.contrast(
        way.frames() - stencil.length + 1,
        stencil.length,
        seams,
        first -> way.difference(first, stencil));
  }
}
