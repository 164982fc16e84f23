package io.zoetrope.data.toybox;

import io.zoetrope.data.toybox.Blobs.Blob;
import io.zoetrope.media.Video;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Follows the most prominent toy of a video, whatever becomes of its colour, shape and size: of all
 * ways through the patches of the frames, the one of most paint and fewest leaps (Viterbi, 1967).
 */
public final class ToyboxTracker {
  /** A leap of this length, world units, costs as much as a patch a tenth as large. */
  private static final double LEAP = 0.25;

  /**
   * Where it is in each frame, world units; NaN where there is no paint, or where it is cut by the
   * frame's edge, so that its middle cannot be told.
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Track(double[] x, double[] y) {}

  private ToyboxTracker() {}

  /** Follows it through every frame. */
  public static Track follow(Video video) {
    int n = video.frames().size();
    int[] frames = new int[n];
    Arrays.setAll(frames, k -> k);
    List<List<Blob>> blobs = ChromaPlane.of(video, frames).stream().map(Blobs::find).toList();
    double[] x = new double[n];
    double[] y = new double[n];
    Arrays.fill(x, Double.NaN);
    Arrays.fill(y, Double.NaN);
    List<Integer> painted = new ArrayList<>();
    for (int k = 0; k < n; k++) {
      if (!blobs.get(k).isEmpty()) {
        painted.add(k);
      }
    }
    int[] chosen = best(painted.stream().map(blobs::get).toList());
    for (int i = 0; i < chosen.length; i++) {
      int k = painted.get(i);
      Blob blob = blobs.get(k).get(chosen[i]);
      if (!blob.cut()) {
        x[k] = blob.x();
        y[k] = blob.y();
      }
    }
    return new Track(x, y);
  }

  /** The number of a blob for each frame, such that the sum of costs is least. */
  private static int[] best(List<List<Blob>> frames) {
    if (frames.isEmpty()) {
      return new int[0];
    }
    double[] cost = frames.getFirst().stream().mapToDouble(ToyboxTracker::smallness).toArray();
    List<int[]> from = new ArrayList<>();
    for (int k = 1; k < frames.size(); k++) {
      List<Blob> before = frames.get(k - 1);
      List<Blob> now = frames.get(k);
      double[] next = new double[now.size()];
      int[] back = new int[now.size()];
      for (int j = 0; j < next.length; j++) {
        next[j] = Double.POSITIVE_INFINITY;
        for (int i = 0; i < cost.length; i++) {
          double sum = cost[i] + leap(before.get(i), now.get(j)) + smallness(now.get(j));
          if (sum < next[j]) {
            next[j] = sum;
            back[j] = i;
          }
        }
      }
      cost = next;
      from.add(back);
    }
    int[] path = new int[frames.size()];
    for (int i = 1; i < cost.length; i++) {
      path[path.length - 1] = cost[i] < cost[path[path.length - 1]] ? i : path[path.length - 1];
    }
    for (int k = path.length - 1; k > 0; k--) {
      path[k - 1] = from.get(k - 1)[path[k]];
    }
    return path;
  }

  private static double smallness(Blob blob) {
    return -Math.log10(blob.area());
  }

  private static double leap(Blob a, Blob b) {
    return Math.hypot(a.x() - b.x(), a.y() - b.y()) / LEAP;
  }
}
