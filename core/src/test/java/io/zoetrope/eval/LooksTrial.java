package io.zoetrope.eval;

import io.zoetrope.data.MediaFolder;
import io.zoetrope.data.toybox.Split;
import io.zoetrope.data.toybox.ToyboxDataset;
import io.zoetrope.data.toybox.ToyboxLook.Camera;
import io.zoetrope.data.toybox.ToyboxLook.Style;
import io.zoetrope.data.toybox.ToyboxView;
import io.zoetrope.data.toybox.Watermark;
import io.zoetrope.eval.motion.CameraMotion;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoReader;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Figures of docs/methods/animatediff-training.md: what videos of folders look like. Of each folder
 * the number in each style, the watermark's energy and what the camera does. A main. Arguments:
 * folders of videos.
 */
public final class LooksTrial {
  /** Rendered clips of each style that say how it looks, and as many that check it. */
  private static final int CLIPS = 30;

  private static final int SIDE = 128;
  private static final int FRAMES = 8;

  private LooksTrial() {}

  /** How clips of a style look, number by number: means, and deviations above 0. */
  private static final class Known {
    private final double[] mean;
    private final double[] deviation;

    Known(int numbers) {
      mean = new double[numbers];
      deviation = new double[numbers];
    }

    /** Minus twice the logarithm of how likely a look is, as normal numbers beside each other. */
    double distance(double[] look) {
      double sum = 0;
      for (int k = 0; k < look.length; k++) {
        double off = (look[k] - mean[k]) / deviation[k];
        sum += off * off + 2 * Math.log(deviation[k]);
      }
      return sum;
    }
  }

  /** Runs it; first how often styles of rendered clips are read right. */
  public static void main(String[] args) {
    Map<Style, Known> known = new EnumMap<>(Style.class);
    for (Style style : Style.values()) {
      known.put(style, known(style));
    }
    int right = 0;
    for (Style style : Style.values()) {
      for (int i = CLIPS; i < 2 * CLIPS; i++) {
        right += nearest(known, look(rendered(style).get(i).video())) == style ? 1 : 0;
      }
    }
    System.out.printf(
        Locale.ROOT, "rendered clips: %s%n", new Rate(right, Style.values().length * CLIPS));
    for (String folder : args) {
      Map<Style, Integer> styles = new EnumMap<>(Style.class);
      Map<Camera, Integer> cameras = new EnumMap<>(Camera.class);
      double mark = 0;
      double pace = 0;
      List<MediaFolder.Item> items = MediaFolder.list(Path.of(folder));
      for (MediaFolder.Item item : items) {
        Video video = VideoReader.read(item.path());
        styles.merge(nearest(known, look(video)), 1, Integer::sum);
        mark += Watermark.energy(video) / items.size();
        CameraMotion camera = CameraMotion.of(video);
        cameras.merge(camera.nearest(), 1, Integer::sum);
        pace += camera.pace(Camera.PAN_LEFT) / items.size();
      }
      System.out.printf(
          Locale.ROOT,
          "%s: %d videos, %s, watermark %.2f, cameras %s, pace of a pan to the left %.2f%n",
          folder,
          items.size(),
          styles,
          mark,
          cameras,
          pace);
    }
  }

  private static ToyboxDataset rendered(Style style) {
    ToyboxView view =
        new ToyboxView(
            List.of(style),
            0,
            List.of(Camera.STILL),
            List.of(),
            List.of(),
            List.of(),
            0,
            0,
            false);
    return new ToyboxDataset(15, Split.TRAIN, SIDE, SIDE, FRAMES, 4, view);
  }

  private static Known known(Style style) {
    double[][] looks = new double[CLIPS][];
    for (int i = 0; i < CLIPS; i++) {
      looks[i] = look(rendered(style).get(i).video());
    }
    int n = looks[0].length;
    Known found = new Known(n);
    for (int k = 0; k < n; k++) {
      double sum = 0;
      double squares = 0;
      for (double[] look : looks) {
        sum += look[k];
        squares += look[k] * look[k];
      }
      double mean = sum / CLIPS;
      found.mean[k] = mean;
      found.deviation[k] = Math.sqrt(Math.max(squares / CLIPS - mean * mean, 1e-4));
    }
    return found;
  }

  private static Style nearest(Map<Style, Known> known, double[] look) {
    Style best = Style.PLAIN;
    double least = Double.MAX_VALUE;
    for (Map.Entry<Style, Known> one : known.entrySet()) {
      double distance = one.getValue().distance(look);
      if (distance < least) {
        least = distance;
        best = one.getKey();
      }
    }
    return best;
  }

  /** Means of brightness and chroma, 0 to 1, and percentiles: its darkest, its most coloured. */
  private static double[] look(Video video) {
    double[] light = new double[256];
    double[] chroma = new double[256];
    long n = 0;
    for (Frame frame : video.frames()) {
      byte[] rgb = frame.rgb();
      for (int i = 0; i < rgb.length; i += 3) {
        int r = rgb[i] & 255;
        int g = rgb[i + 1] & 255;
        int b = rgb[i + 2] & 255;
        int most = Math.max(r, Math.max(g, b));
        light[most]++;
        chroma[most - Math.min(r, Math.min(g, b))]++;
        n++;
      }
    }
    return new double[] {
      mean(light, n),
      at(light, n, 0.01),
      at(light, n, 0.05),
      at(light, n, 0.95),
      mean(chroma, n),
      at(chroma, n, 0.95),
      at(chroma, n, 0.99)
    };
  }

  private static double mean(double[] counts, long n) {
    double sum = 0;
    for (int i = 0; i < counts.length; i++) {
      sum += counts[i] * i;
    }
    return sum / n / 255;
  }

  private static double at(double[] counts, long n, double share) {
    double passed = 0;
    int i = 0;
    while (i < 255 && passed + counts[i] < share * n) {
      passed += counts[i++];
    }
    return i / 255.0;
  }
}
