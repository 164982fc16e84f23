package io.zoetrope.data.toybox;

import io.zoetrope.media.Frame;
import io.zoetrope.media.Video;

/**
 * A row of pale signs over the lower part of a frame, at the same place in all: rings and slanted
 * bars in turn.
 */
public final class Watermark {
  private static final float STRENGTH = 0.5f;
  private static final float LIGHT = 250;
  private static final double ROW = 0.86;
  private static final double HALF = 0.055;
  private static final int SIGNS = 6;

  private Watermark() {}

  /**
   * How much of each pixel is covered, 0 to 1, row by row from the top left: what a matched filter
   * looks for.
   */
  public static float[] cover(int width, int height) {
    float[] cover = new float[Math.multiplyExact(width, height)];
    int side = Math.min(width, height);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double v = ((y + 0.5) / height - ROW) * height / side;
        double u = (x + 0.5) / width * SIGNS;
        int sign = (int) u;
        double across = (u - sign - 0.5) / SIGNS * width / side;
        double line =
            sign % 2 == 0
                ? Math.abs(Math.hypot(across, v) - 0.7 * HALF)
                : Math.max(0.7 * Math.abs(across + 0.5 * v), Math.abs(v) - 0.9 * HALF + 0.012);
        cover[y * width + x] = (float) Math.clamp((0.014 - line) * side + 0.5, 0, 1);
      }
    }
    return cover;
  }

  /**
   * How much of it a video shows: 1 where it is printed, about 0 where it is not. The brightness
   * under each sign less that around it, of the most that printing would make of it, over what all
   * frames have in common.
   */
  public static double energy(Video video) {
    int width = video.frames().getFirst().width();
    int height = video.frames().getFirst().height();
    float[] cover = cover(width, height);
    float[] mean = new float[cover.length];
    for (Frame frame : video.frames()) {
      for (int i = 0; i < mean.length; i++) {
        int sum = 0;
        for (int c = 3 * i; c < 3 * i + 3; c++) {
          sum += frame.rgb()[c] & 255;
        }
        mean[i] += sum / 3f / video.frames().size();
      }
    }
    int reach = Math.max(2, Math.min(width, height) / 20);
    double found = 0;
    double full = 0;
    for (int i = 0; i < cover.length; i++) {
      if (cover[i] < 0.5f) {
        continue;
      }
      double around = around(mean, cover, i, width, height, reach);
      if (!Double.isNaN(around)) {
        double most = STRENGTH * cover[i] * (LIGHT - around);
        found += (mean[i] - around) * most;
        full += most * most;
      }
    }
    return full > 0 ? found / full : 0;
  }

  /** The mean of what is not covered near a pixel; NaN if all is. */
  private static double around(float[] mean, float[] cover, int i, int w, int h, int reach) {
    double sum = 0;
    int count = 0;
    for (int y = Math.max(0, i / w - reach); y <= Math.min(h - 1, i / w + reach); y++) {
      for (int x = Math.max(0, i % w - reach); x <= Math.min(w - 1, i % w + reach); x++) {
        if (cover[y * w + x] == 0) {
          sum += mean[y * w + x];
          count++;
        }
      }
    }
    return count == 0 ? Double.NaN : sum / count;
  }

  /** Prints it, changing the pixels in place. */
  static void print(byte[] rgb, int width, int height) {
    float[] cover = cover(width, height);
    for (int i = 0; i < cover.length; i++) {
      for (int c = 3 * i; c < 3 * i + 3; c++) {
        int below = rgb[c] & 255;
        rgb[c] = (byte) (below + (LIGHT - below) * STRENGTH * cover[i] + 0.5f);
      }
    }
  }
}
