package io.zoetrope.data.toybox;

import io.zoetrope.data.toybox.Analysis.Sighting;
import io.zoetrope.data.toybox.Blobs.Blob;
import io.zoetrope.data.toybox.Blobs.Paints;
import io.zoetrope.data.toybox.ShapeMatcher.Measure;
import io.zoetrope.data.toybox.Traits.Colour;
import io.zoetrope.data.toybox.Traits.Shape;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Video;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Reads a clip back: how many toys, and for each its colour, shape, motion and speed. It looks at
 * pixels only, and any clip will do, rendered, generated or filmed, of any size and at least two
 * frames.
 *
 * <p>Paint is told from table by chroma, patches of one hue are tracked over the frames, shapes are
 * matched against rendered toys at all angles and several blurs, and the track of middle, size,
 * angle and strength names the motion. Stateless and thread-safe.
 */
public final class ToyboxAnalyser {
  private static final int MOST_FRAMES = 48;

  /** So many of an object's frames name its shape. */
  private static final int TELLING_FRAMES = 8;

  /** Spin rates tried, turns per second: up to this either way, in steps of a hundredth. */
  private static final int MOST_TURNS = 70;

  private ToyboxAnalyser() {}

  /** What a clip shows. */
  public static Analysis analyse(Video video) {
    int total = video.frames().size();
    if (total < 2) {
      throw new UserError(Fault.INVALID, "motion needs at least 2 frames to be seen, not " + total);
    }
    int n = Math.min(total, MOST_FRAMES);
    int[] frames = new int[n];
    for (int k = 0; k < n; k++) {
      frames[k] = n == total ? k : (int) ((long) k * (total - 1) / (n - 1));
    }
    List<ChromaPlane> planes = ChromaPlane.of(video, frames);
    List<List<Blob>> blobs = planes.stream().map(Blobs::find).toList();
    List<Sighting> sightings = new ArrayList<>();
    for (List<Trails.Spot> trail : Trails.link(blobs)) {
      sightings.add(sighting(trail, planes, blobs, frames, video.fps()));
    }
    return new Analysis(sightings);
  }

  private static Sighting sighting(
      List<Trails.Spot> trail,
      List<ChromaPlane> planes,
      List<List<Blob>> blobs,
      int[] frames,
      double fps) {
    int n = trail.size();
    double hue = Trails.hue(trail);
    Colour colour = Paints.nearest(hue);
    List<Measure> measures = new ArrayList<>();
    double[] weight = new double[n];
    double[] t = new double[n];
    for (int s = 0; s < n; s++) {
      Trails.Spot spot = trail.get(s);
      ChromaPlane plane = planes.get(spot.frame());
      Measure m = ShapeMatcher.measure(plane, spot.blob(), hue, blobs.get(spot.frame()));
      measures.add(m);
      weight[s] = spot.blob().cut() ? 0.05 : 1;
      t[s] = frames[spot.frame()] / fps;
    }
    int[] telling = telling(measures, weight);
    double[] byShape = new double[Shape.values().length];
    int[] levels = new int[byShape.length];
    int best = 0;
    for (int shape = 0; shape < byShape.length; shape++) {
      byShape[shape] = -1;
      for (int level = 0; level < ShapeMatcher.LEVELS; level++) {
        double score = match(telling, weight, measures, shape, level);
        if (score > byShape[shape]) {
          byShape[shape] = score;
          levels[shape] = level;
        }
      }
      best = byShape[shape] > byShape[best] ? shape : best;
    }
    double second = -1;
    for (int shape = 0; shape < byShape.length; shape++) {
      second = shape == best ? second : Math.max(second, byShape[shape]);
    }
    float[][] scores = new float[n][];
    for (int s = 0; s < n; s++) {
      scores[s] = ShapeMatcher.scores(measures.get(s).patch(), best, levels[best]);
    }
    Shape shape = Shape.values()[best];
    Spin spin = spin(scores, weight, t);
    MotionFit motion =
        MotionFit.of(track(measures, shape, spin, t, weight), spin.turns(), spin.gain());
    double[] radii = measures.stream().mapToDouble(Measure::radius).sorted().toArray();
    return new Sighting(
        colour,
        shape,
        motion.motion(),
        motion.speed(),
        measures.getFirst().x(),
        measures.getFirst().y(),
        radii[n / 2] * ShapeMatcher.reach(shape),
        (double) trail.stream().filter(spot -> !spot.blob().cut()).count() / n,
        Paints.clearness(hue),
        Math.clamp((byShape[best] - second) / 0.05, 0, 1),
        motion.confidence());
  }

  /** The frames that show the outline best: whole, large and strong. */
  private static int[] telling(List<Measure> measures, double[] weight) {
    return IntStream.range(0, weight.length)
        .boxed()
        .sorted(Comparator.comparingDouble(s -> -trust(measures.get(s), weight[s])))
        .limit(TELLING_FRAMES)
        .mapToInt(s -> s)
        .toArray();
  }

  private static double trust(Measure measure, double weight) {
    return weight * measure.radius() * measure.strength();
  }

  /** Weighted mean over frames of the best score at any angle. */
  private static double match(
      int[] frames, double[] weight, List<Measure> measures, int shape, int level) {
    double sum = 0;
    double weights = 0;
    for (int s : frames) {
      float most = -1;
      for (float score : ShapeMatcher.scores(measures.get(s).patch(), shape, level)) {
        most = Math.max(most, score);
      }
      double w = trust(measures.get(s), weight[s]);
      sum += w * most;
      weights += w;
    }
    return sum / weights;
  }

  /**
   * How a toy turns.
   *
   * @param turns per second, clockwise above 0
   * @param gain of the mean score over not turning at all
   * @param angle at time 0, radians
   */
  private record Spin(double turns, double gain, double angle) {}

  /** The turning rate and first angle under which the patches fit best (a Hough transform). */
  private static Spin spin(float[][] scores, double[] weight, double[] t) {
    double best = -Double.MAX_VALUE;
    double none = -Double.MAX_VALUE;
    double turns = 0;
    double angle = 0;
    double weights = 0;
    for (double w : weight) {
      weights += w;
    }
    for (int r = -MOST_TURNS; r <= MOST_TURNS; r++) {
      for (int a = 0; a < ShapeMatcher.ANGLES; a++) {
        double sum = 0;
        for (int s = 0; s < scores.length; s++) {
          double at = a + ShapeMatcher.ANGLES * (r * 0.01 * t[s]);
          int low = (int) Math.floor(at);
          double f = at - low;
          int i = Math.floorMod(low, ShapeMatcher.ANGLES);
          int j = i + 1 == ShapeMatcher.ANGLES ? 0 : i + 1;
          sum += weight[s] * ((1 - f) * scores[s][i] + f * scores[s][j]);
        }
        if (r == 0) {
          none = Math.max(none, sum);
        }
        if (sum > best) {
          best = sum;
          turns = r * 0.01;
          angle = a * 2 * Math.PI / ShapeMatcher.ANGLES;
        }
      }
    }
    return new Spin(turns, (best - none) / weights, angle);
  }

  /** The track of the toy's middle, which need not be its centroid. */
  private static MotionFit.Track track(
      List<Measure> measures, Shape shape, Spin spin, double[] t, double[] weight) {
    int n = measures.size();
    double[] x = new double[n];
    double[] y = new double[n];
    double[] logRadius = new double[n];
    double[] strength = new double[n];
    double[] off = ShapeMatcher.centroid(shape);
    for (int s = 0; s < n; s++) {
      Measure m = measures.get(s);
      double angle = spin.angle() + 2 * Math.PI * spin.turns() * t[s];
      double c = Math.cos(angle) * m.radius();
      double d = Math.sin(angle) * m.radius();
      x[s] = m.x() - (c * off[0] - d * off[1]);
      y[s] = m.y() - (d * off[0] + c * off[1]);
      logRadius[s] = Math.log(m.radius());
      strength[s] = m.strength();
    }
    return new MotionFit.Track(t, x, y, logRadius, strength, weight);
  }
}
