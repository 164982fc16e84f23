package io.zoetrope.data.toybox;

import io.zoetrope.data.toybox.Analysis.Sighting;
import io.zoetrope.data.toybox.Traits.Motion;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Video;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Accuracy of the analyser on clips whose truth is known, clean and degraded. Arguments: clips per
 * row, seed, and optionally "errors" to list each mistake.
 */
public final class AnalyserTable {
  private AnalyserTable() {}

  /** Rights out of {@code n} objects, and clips with the right number of objects. */
  record Tally(
      int clips, int count, int n, int colour, int shape, int motion, int speed, int speeds) {
    @Override
    public String toString() {
      return "%5.1f  %5.1f  %5.1f  %5.1f  %5.1f   (%d clips, %d objects)"
          .formatted(
              100.0 * count / clips,
              100.0 * colour / n,
              100.0 * shape / n,
              100.0 * motion / n,
              100.0 * speed / speeds,
              clips,
              n);
    }
  }

  /** How a clip is spoilt before it is read. */
  record Spoil(double blur, double noise) {}

  public static void main(String[] args) {
    int n = Integer.parseInt(args[0]);
    long seed = Long.parseLong(args[1]);
    boolean errors = args.length > 2;
    System.out.println("                                   count colour shape motion speed  (%)");
    row("128x128x16 held out", n, seed, Split.HELD_OUT, 128, 128, 16, 8, new Spoil(0, 0), errors);
    row("128x128x16 train", n, seed, Split.TRAIN, 128, 128, 16, 8, new Spoil(0, 0), errors);
    row("64x64x16", n, seed, Split.HELD_OUT, 64, 64, 16, 8, new Spoil(0, 0), errors);
    row("160x96x16", n, seed, Split.HELD_OUT, 160, 96, 16, 8, new Spoil(0, 0), errors);
    row(
        "256x256x32 16 fps",
        n / 4,
        seed,
        Split.HELD_OUT,
        256,
        256,
        32,
        16,
        new Spoil(0, 0),
        errors);
    row("128x128x8 4 fps", n, seed, Split.HELD_OUT, 128, 128, 8, 4, new Spoil(0, 0), errors);
    for (double[] s : new double[][] {{1, 0}, {2, 0}, {0, 5}, {0, 10}, {1, 5}, {2, 10}}) {
      String name = "128x128x16 blur %.0f px noise %.0f".formatted(s[0], s[1]);
      row(name, n / 3, seed, Split.HELD_OUT, 128, 128, 16, 8, new Spoil(s[0], s[1]), errors);
    }
  }

  private static void row(
      String name,
      int n,
      long seed,
      Split split,
      int w,
      int h,
      int frames,
      double fps,
      Spoil spoil,
      boolean errors) {
    ToyboxDataset data = new ToyboxDataset(seed, split, w, h, frames, fps);
    long start = System.nanoTime();
    Tally tally = tally(data, n, spoil, errors);
    System.out.printf(
        "%-34s %s %.0f ms%n", name, tally, (System.nanoTime() - start) / 1e6 / Math.max(1, n));
  }

  static Tally tally(ToyboxDataset data, int n, Spoil spoil, boolean errors) {
    return IntStream.range(0, n)
        .parallel()
        .mapToObj(i -> one(data, i, spoil, errors))
        .reduce(
            new Tally(0, 0, 0, 0, 0, 0, 0, 0),
            (a, b) ->
                new Tally(
                    a.clips + b.clips,
                    a.count + b.count,
                    a.n + b.n,
                    a.colour + b.colour,
                    a.shape + b.shape,
                    a.motion + b.motion,
                    a.speed + b.speed,
                    a.speeds + b.speeds));
  }

  private static Tally one(ToyboxDataset data, int i, Spoil spoil, boolean errors) {
    ToyboxScene scene = data.scene(i);
    Analysis seen = ToyboxAnalyser.analyse(spoil(data.get(i).video(), spoil, i));
    List<Sighting> left = new ArrayList<>(seen.objects());
    int colour = 0;
    int shape = 0;
    int motion = 0;
    int speed = 0;
    int speeds = 0;
    for (ToyboxObject object : scene.objects()) {
      ToyboxObject.Pose at = object.at(0);
      Sighting nearest = null;
      double least = 0.35;
      for (Sighting s : left) {
        double far = Math.hypot(s.x() - at.x(), s.y() - at.y());
        if (far < least) {
          least = far;
          nearest = s;
        }
      }
      speeds += object.motion().hasSpeed() ? 1 : 0;
      if (nearest == null) {
        continue;
      }
      Sighting s = nearest;
      left.removeIf(o -> o == s);
      colour += s.colour() == object.colour() ? 1 : 0;
      shape += s.shape() == object.shape() ? 1 : 0;
      motion += s.motion() == object.motion() ? 1 : 0;
      boolean fast = s.motion() == object.motion() && s.speed() == object.speed();
      speed += fast && object.motion() != Motion.STILL ? 1 : 0;
      if (errors
          && (s.colour() != object.colour()
              || s.shape() != object.shape()
              || s.motion() != object.motion()
              || !fast)) {
        System.out.println("  " + i + " " + object + "\n      -> " + s);
      }
    }
    int n = scene.objects().size();
    int count = seen.objects().size() == n ? 1 : 0;
    if (errors && count == 0) {
      System.out.println("  " + i + " count " + scene.objects() + " -> " + seen.objects());
    }
    return new Tally(1, count, n, colour, shape, motion, speed, speeds);
  }

  /** Gaussian blur in pixels, then Gaussian noise in 8-bit steps, the same for the same seed. */
  static Video spoil(Video video, Spoil spoil, long seed) {
    if (spoil.blur == 0 && spoil.noise == 0) {
      return video;
    }
    Random random = new Random(seed);
    int w = video.width();
    int h = video.height();
    List<Frame> frames = new ArrayList<>();
    for (Frame frame : video.frames()) {
      byte[] rgb = new byte[w * h * 3];
      for (int c = 0; c < 3; c++) {
        float[] plane = new float[w * h];
        for (int at = 0; at < plane.length; at++) {
          plane[at] = frame.rgb()[at * 3 + c] & 255;
        }
        plane = ShapeMatcher.blur(plane, w, h, spoil.blur);
        for (int at = 0; at < plane.length; at++) {
          double value = plane[at] + (spoil.noise > 0 ? spoil.noise * random.nextGaussian() : 0);
          rgb[at * 3 + c] = (byte) Math.clamp(Math.round(value), 0, 255);
        }
      }
      frames.add(new Frame(w, h, rgb));
    }
    return new Video(frames, video.fps());
  }
}
