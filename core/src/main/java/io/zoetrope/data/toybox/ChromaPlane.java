package io.zoetrope.data.toybox;

import io.zoetrope.media.Frame;
import io.zoetrope.media.Video;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A frame with its greys taken away: two orthonormal chroma coordinates per pixel, less the tint of
 * the table. Light and shadow hardly show here; paint does. Slightly smoothed against noise.
 */
final class ChromaPlane {
  /** Larger frames are averaged down to between one and two times this shorter side. */
  private static final int WORKING_SIDE = 120;

  private static final float R6 = (float) (1 / Math.sqrt(6));
  private static final float R2 = (float) (1 / Math.sqrt(2));

  final int width;
  final int height;
  final float[] u;
  final float[] v;
  private final float[] grey;

  private ChromaPlane(int width, int height, float[] u, float[] v, float[] grey) {
    this.width = width;
    this.height = height;
    this.u = u;
    this.v = v;
    this.grey = grey;
  }

  int side() {
    return Math.min(width, height);
  }

  float strength(int at) {
    return (float) Math.sqrt(u[at] * u[at] + v[at] * v[at]);
  }

  /** Hue angle of a chroma pair, radians; 0 is red, then orange, yellow, green. */
  static double hue(double u, double v) {
    return Math.atan2(v, u);
  }

  /** Angle between two hues, 0 to pi. */
  static double hueGap(double a, double b) {
    double d = Math.abs(a - b) % (2 * Math.PI);
    return Math.min(d, 2 * Math.PI - d);
  }

  /** Planes of the chosen frames of a clip, all less one common tint. */
  static List<ChromaPlane> of(Video video, int[] frames) {
    List<ChromaPlane> planes = new ArrayList<>();
    for (int k : frames) {
      planes.add(raw(video.frames().get(k)));
    }
    float[] tint = tint(planes);
    for (ChromaPlane plane : planes) {
      for (int at = 0; at < plane.u.length; at++) {
        plane.u[at] -= tint[0] * plane.grey[at];
        plane.v[at] -= tint[1] * plane.grey[at];
      }
    }
    return planes;
  }

  private static ChromaPlane raw(Frame frame) {
    int factor = Math.max(1, Math.min(frame.width(), frame.height()) / WORKING_SIDE);
    int w = frame.width() / factor;
    int h = frame.height() / factor;
    float[] u = new float[w * h];
    float[] v = new float[w * h];
    float[] grey = new float[w * h];
    float share = 1f / (factor * factor);
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        int r = 0;
        int g = 0;
        int b = 0;
        for (int j = 0; j < factor; j++) {
          int at = ((y * factor + j) * frame.width() + x * factor) * 3;
          for (int i = 0; i < factor; i++, at += 3) {
            r += frame.rgb()[at] & 255;
            g += frame.rgb()[at + 1] & 255;
            b += frame.rgb()[at + 2] & 255;
          }
        }
        int at = y * w + x;
        u[at] = (2 * r - g - b) * R6 * share;
        v[at] = (g - b) * R2 * share;
        grey[at] = (r + g + b) * share / 3;
      }
    }
    return new ChromaPlane(w, h, smooth(u, w, h), smooth(v, w, h), smooth(grey, w, h));
  }

  /** The median ratio of chroma to grey over pixels that could be table. */
  private static float[] tint(List<ChromaPlane> planes) {
    int pixels = planes.getFirst().u.length;
    int step = Math.max(1, pixels * planes.size() / 6000);
    float[] us = new float[7000];
    float[] vs = new float[7000];
    int n = 0;
    for (int at = 0; at < pixels * planes.size() && n < us.length; at += step) {
      ChromaPlane plane = planes.get(at / pixels);
      int p = at % pixels;
      if (plane.grey[p] > 12 && plane.strength(p) < 0.25f * plane.grey[p]) {
        us[n] = plane.u[p] / plane.grey[p];
        vs[n++] = plane.v[p] / plane.grey[p];
      }
    }
    if (n < 20) {
      return new float[] {0, 0};
    }
    Arrays.sort(us, 0, n);
    Arrays.sort(vs, 0, n);
    return new float[] {us[n / 2], vs[n / 2]};
  }

  /** Binomial 1-2-1 smoothing both ways. */
  static float[] smooth(float[] in, int w, int h) {
    float[] rows = new float[in.length];
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        int at = y * w + x;
        float before = in[x > 0 ? at - 1 : at];
        float after = in[x < w - 1 ? at + 1 : at];
        rows[at] = 0.25f * (before + after) + 0.5f * in[at];
      }
    }
    float[] out = new float[in.length];
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        int at = y * w + x;
        float above = rows[y > 0 ? at - w : at];
        float below = rows[y < h - 1 ? at + w : at];
        out[at] = 0.25f * (above + below) + 0.5f * rows[at];
      }
    }
    return out;
  }
}
