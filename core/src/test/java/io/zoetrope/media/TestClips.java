package io.zoetrope.media;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Synthetic clips and how far two of them are apart. */
final class TestClips {
  private TestClips() {}

  /** Slow waves of all three channels: smooth content that moves. */
  static Video smooth(int width, int height, int frames, double fps) {
    List<Frame> out = new ArrayList<>();
    for (int f = 0; f < frames; f++) {
      byte[] rgb = new byte[width * height * 3];
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          double u = 2 * Math.PI * x / Math.max(width, 2);
          double v = 2 * Math.PI * y / Math.max(height, 2);
          double t = 2 * Math.PI * f / 16;
          int at = (y * width + x) * 3;
          rgb[at] = (byte) Math.round(128 + 90 * Math.sin(u + t));
          rgb[at + 1] = (byte) Math.round(128 + 90 * Math.sin(v - t));
          rgb[at + 2] = (byte) Math.round(128 + 90 * Math.cos(u - v + t));
        }
      }
      out.add(new Frame(width, height, rgb));
    }
    return new Video(out, fps);
  }

  /** What no codec can make small. */
  static Video noise(int width, int height, int frames, double fps) {
    Random random = new Random(7);
    List<Frame> out = new ArrayList<>();
    for (int i = 0; i < frames; i++) {
      byte[] rgb = new byte[width * height * 3];
      random.nextBytes(rgb);
      out.add(new Frame(width, height, rgb));
    }
    return new Video(out, fps);
  }

  static Frame plain(int width, int height, int red, int green, int blue) {
    byte[] rgb = new byte[width * height * 3];
    for (int i = 0; i < rgb.length; i += 3) {
      rgb[i] = (byte) red;
      rgb[i + 1] = (byte) green;
      rgb[i + 2] = (byte) blue;
    }
    return new Frame(width, height, rgb);
  }

  /** Frame i is a plain grey of 40 + 10 i, so that a reader can tell which frame it sees. */
  static Video counting(int width, int height, int frames, double fps) {
    List<Frame> out = new ArrayList<>();
    for (int i = 0; i < frames; i++) {
      int level = 40 + 10 * i;
      out.add(plain(width, height, level, level, level));
    }
    return new Video(out, fps);
  }

  /** Which frame of a {@link #counting} video this is. */
  static int number(Frame frame) {
    int middle = (frame.height() / 2 * frame.width() + frame.width() / 2) * 3;
    return Math.round(((frame.rgb()[middle] & 0xff) - 40) / 10f);
  }

  static List<Integer> numbers(Video video) {
    return video.frames().stream().map(TestClips::number).toList();
  }

  static int[] pixel(Frame frame, int x, int y) {
    int at = (y * frame.width() + x) * 3;
    byte[] rgb = frame.rgb();
    return new int[] {rgb[at] & 0xff, rgb[at + 1] & 0xff, rgb[at + 2] & 0xff};
  }

  /** Peak signal-to-noise ratio over all frames, in dB. */
  static double psnr(Video a, Video b) {
    double sum = 0;
    long n = 0;
    for (int f = 0; f < a.frames().size(); f++) {
      byte[] p = a.frames().get(f).rgb();
      byte[] q = b.frames().get(f).rgb();
      for (int i = 0; i < p.length; i++) {
        double d = (p[i] & 0xff) - (q[i] & 0xff);
        sum += d * d;
        n++;
      }
    }
    return 10 * Math.log10(255.0 * 255.0 * n / Math.max(sum, 1e-9));
  }
}
