package io.zoetrope.eval.motion;

import io.zoetrope.data.toybox.ToyboxTracker;
import io.zoetrope.media.Video;

/**
 * Where an object is in each frame, in units of the frame's shorter side; NaN where it is not seen
 * whole.
 *
 * @param x to the right
 * @param y down; as many as x
 */
@SuppressWarnings("ArrayRecordComponent")
public record Trajectory(double[] x, double[] y) {
  public Trajectory {
    if (x.length != y.length) {
      throw new IllegalArgumentException(x.length + " x and " + y.length + " y");
    }
    x = x.clone();
    y = y.clone();
  }

  /** The way of the most prominent toy of a video. */
  public static Trajectory of(Video video) {
    ToyboxTracker.Track track = ToyboxTracker.follow(video);
    return new Trajectory(track.x(), track.y());
  }

  public int frames() {
    return x.length;
  }

  /** Whether the object is seen in a frame. */
  public boolean seen(int frame) {
    return !Double.isNaN(x[frame]);
  }

  /**
   * The length of a weighted sum of successive positions: a finite difference. NaN where one of
   * them is unseen.
   */
  double difference(int first, double... weights) {
    double dx = 0;
    double dy = 0;
    for (int i = 0; i < weights.length; i++) {
      dx += weights[i] * x[first + i];
      dy += weights[i] * y[first + i];
    }
    return Math.hypot(dx, dy);
  }
}
