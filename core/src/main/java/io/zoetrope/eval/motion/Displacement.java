package io.zoetrope.eval.motion;

/**
 * How an object gets from where it is first to where it is last: its way is projected on the line
 * between the two.
 *
 * @param way distance between the two, sides of the frame
 * @param retreat the farthest that it ever falls back behind where it already was, as a share of
 *     the way; 0 is monotonic
 * @param unevenness root mean square distance from moving evenly, as a share of the way
 * @param seen share of frames in which it is seen
 */
public record Displacement(double way, double retreat, double unevenness, double seen) {
  /** Falling back by less than this share of the way is left to the tracker's error. */
  public static final double TOLERANCE = 0.05;

  /** Ways shorter than this, sides of the frame, are none. */
  private static final double LEAST_WAY = 0.03;

  /**
   * Of a trajectory; all figures but {@code seen} are NaN if an end is unseen or there is no way.
   */
  public static Displacement of(Trajectory track) {
    int n = track.frames();
    int seen = 0;
    for (int k = 0; k < n; k++) {
      seen += track.seen(k) ? 1 : 0;
    }
    double dx = track.x()[n - 1] - track.x()[0];
    double dy = track.y()[n - 1] - track.y()[0];
    double way = Math.hypot(dx, dy);
    if (!(way > LEAST_WAY)) {
      return new Displacement(way, Double.NaN, Double.NaN, (double) seen / n);
    }
    double farthest = 0;
    double retreat = 0;
    double uneven = 0;
    for (int k = 0; k < n; k++) {
      if (track.seen(k)) {
        double along =
            ((track.x()[k] - track.x()[0]) * dx + (track.y()[k] - track.y()[0]) * dy) / (way * way);
        farthest = Math.max(farthest, along);
        retreat = Math.max(retreat, farthest - along);
        uneven += Math.pow(along - k / (n - 1.0), 2);
      }
    }
    return new Displacement(way, retreat, Math.sqrt(uneven / seen), (double) seen / n);
  }

  /** Whether it never goes back, and is seen in three of four frames at least. */
  public boolean monotonic() {
    return retreat <= TOLERANCE && seen >= 0.75;
  }
}
