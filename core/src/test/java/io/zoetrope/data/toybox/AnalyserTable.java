package io.zoetrope.data.toybox;

import io.zoetrope.data.toybox.Analysis.Sighting;
import io.zoetrope.data.toybox.Traits.Motion;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Video;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/**
 * Accuracy of the analyser on clips whose truth is known, clean and degraded. Arguments: clips in
 * the first row (the others take a part of it), seed, and optionally "errors" to list each mistake.
 */
public final class AnalyserTable {
  private AnalyserTable() {}

  /** Rights out of {@code n} objects, and clips with the right number of objects. */
  record Tally(
      int clips, int count, int n, int colour, int shape, int motion, int speed, int speeds) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%5.1f  %5.1f  %5.1f  %5.1f  %5.1f   (%s clips, %s objects)",
          100.0 * count / clips,
          100.0 * colour / n,
          100.0 * shape / n,
          100.0 * motion / n,
          100.0 * speed / speeds,
          clips,
          n);
    }
  }

  /**
   * How a clip is spoilt before it is read, in this order.
   *
   * @param blur Gaussian, pixels
   * @param noise Gaussian, 8-bit steps
   * @param saturation kept, 0 to 1
   * @param jpeg quality of one JPEG round trip, 0 for none
   */
  record Spoil(double blur, double noise, double saturation, double jpeg) {
    Spoil(double blur, double noise) {
      this(blur, noise, 1, 0);
    }
  }

  public static void main(String[] args) {
    int n = Integer.parseInt(args[0]);
    long seed = Long.parseLong(args[1]);
    boolean errors = args.length > 2;
    System.out.println(
        "                                         count colour shape motion speed  (%)");
    row("128x128x16 held out", n, seed, Split.HELD_OUT, 128, 128, 16, 8, new Spoil(0, 0), errors);
    row("128x128x16 train", n / 3, seed, Split.TRAIN, 128, 128, 16, 8, new Spoil(0, 0), errors);
    row("64x64x16", n / 3, seed, Split.HELD_OUT, 64, 64, 16, 8, new Spoil(0, 0), errors);
    row("160x96x16", n / 3, seed, Split.HELD_OUT, 160, 96, 16, 8, new Spoil(0, 0), errors);
    row(
        "256x256x32 16 fps",
        n / 12,
        seed,
        Split.HELD_OUT,
        256,
        256,
        32,
        16,
        new Spoil(0, 0),
        errors);
    row("128x128x8 4 fps", n / 3, seed, Split.HELD_OUT, 128, 128, 8, 4, new Spoil(0, 0), errors);
    double[][] spoils = {
      {1, 0, 1, 0},
      {2, 0, 1, 0},
      {0, 5, 1, 0},
      {0, 10, 1, 0},
      {1, 5, 1, 0},
      {2, 10, 1, 0},
      {3, 15, 1, 0},
      {1, 5, 0.7, 0},
      {0, 0, 1, 0.3},
      {1, 5, 1, 0.2}
    };
    for (double[] s : spoils) {
      String name =
          String.format(
              Locale.ROOT,
              "blur %.0f noise %.0f saturation %.1f jpeg %.1f",
              s[0],
              s[1],
              s[2],
              s[3]);
      Spoil spoil = new Spoil(s[0], s[1], s[2], s[3]);
      row(name, n / 5, seed, Split.HELD_OUT, 128, 128, 16, 8, spoil, errors);
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
        "%-40s %s %.0f ms%n", name, tally, (System.nanoTime() - start) / 1e6 / Math.max(1, n));
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
    if (spoil.equals(new Spoil(0, 0))) {
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
      for (int at = 0; at < rgb.length && spoil.saturation < 1; at += 3) {
        double grey = ((rgb[at] & 255) + (rgb[at + 1] & 255) + (rgb[at + 2] & 255)) / 3.0;
        for (int c = 0; c < 3; c++) {
          rgb[at + c] = (byte) Math.round(grey + ((rgb[at + c] & 255) - grey) * spoil.saturation);
        }
      }
      frames.add(new Frame(w, h, spoil.jpeg > 0 ? jpeg(rgb, w, h, spoil.jpeg) : rgb));
    }
    return new Video(frames, video.fps());
  }

  private static byte[] jpeg(byte[] rgb, int w, int h, double quality) {
    BufferedImage image = new BufferedImage(w, h, BufferedImage.TYPE_INT_RGB);
    for (int at = 0; at < w * h; at++) {
      int pixel =
          (rgb[3 * at] & 255) << 16 | (rgb[3 * at + 1] & 255) << 8 | (rgb[3 * at + 2] & 255);
      image.setRGB(at % w, at / w, pixel);
    }
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    try (ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
      ImageWriteParam param = writer.getDefaultWriteParam();
      param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      param.setCompressionQuality((float) quality);
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), param);
      out.flush();
      BufferedImage back = ImageIO.read(new ByteArrayInputStream(bytes.toByteArray()));
      byte[] result = new byte[rgb.length];
      for (int at = 0; at < w * h; at++) {
        int pixel = back.getRGB(at % w, at / w);
        result[3 * at] = (byte) (pixel >> 16);
        result[3 * at + 1] = (byte) (pixel >> 8);
        result[3 * at + 2] = (byte) pixel;
      }
      return result;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
  }
}
