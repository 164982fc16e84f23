package io.zoetrope.data.toybox;

import io.zoetrope.data.toybox.ToyboxLook.View;
import io.zoetrope.data.toybox.ToyboxObject.Pose;
import io.zoetrope.media.Frame;

/**
 * A table of twice the frame's sides, of which a moving camera sees a part. Toys are as large as
 * ever and keep to the middle, so that the camera does not lose them.
 */
final class Stage {
  private static final int LARGER = 2;

  /** Ways of toys from the middle, of what they are in front of a camera that stands. */
  private static final double CLOSER = 0.7;

  private static final float GRAIN = 26;

  final int width;
  final int height;

  Stage(int width, int height) {
    this.width = LARGER * width;
    this.height = LARGER * height;
  }

  /** The empty table, with a grain. */
  byte[] paint(ToyboxScene scene) {
    byte[] rgb = Tables.paint(scene, width, height);
    int side = Math.min(width, height);
    long seed = Split.mix(Double.doubleToLongBits(scene.objects().getFirst().x()));
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double u = 18.0 * x / side;
        double v = 18.0 * y / side;
        float grain = GRAIN * (0.7f * noise(seed, u, v) + 0.3f * noise(seed + 1, 2.3 * u, 2.3 * v));
        int at = (y * width + x) * 3;
        for (int c = at; c < at + 3; c++) {
          rgb[c] = (byte) Math.clamp((rgb[c] & 255) + grain, 0f, 255f);
        }
      }
    }
    return rgb;
  }

  /** Smooth noise of -1 to 1, one bump for each unit. */
  private static float noise(long seed, double u, double v) {
    int i = (int) Math.floor(u);
    int j = (int) Math.floor(v);
    double fx = smooth(u - i);
    double fy = smooth(v - j);
    double top = value(seed, i, j) * (1 - fx) + value(seed, i + 1, j) * fx;
    double bottom = value(seed, i, j + 1) * (1 - fx) + value(seed, i + 1, j + 1) * fx;
    return (float) (top * (1 - fy) + bottom * fy);
  }

  private static double smooth(double t) {
    return t * t * (3 - 2 * t);
  }

  private static double value(long seed, int i, int j) {
    return Split.mix(Split.mix(seed + i) + j) / (double) Long.MIN_VALUE;
  }

  /** Where a toy is on it. */
  static Pose pose(Pose seen) {
    double scale = 1.0 / LARGER;
    return new Pose(
        0.5 + (seen.x() - 0.5) * CLOSER * scale,
        0.5 + (seen.groundY() - 0.5) * CLOSER * scale,
        seen.lift() * scale,
        seen.radius() * scale,
        seen.angle(),
        seen.opacity());
  }

  /** The part that a camera sees. */
  Frame seen(byte[] rgb, View view) {
    int w = width / LARGER;
    int h = height / LARGER;
    int side = Math.min(w, h);
    double c = Math.cos(view.angle()) * view.size();
    double s = Math.sin(view.angle()) * view.size();
    byte[] out = new byte[w * h * 3];
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        double dx = x + 0.5 - 0.5 * w;
        double dy = y + 0.5 - 0.5 * h;
        double u = 0.5 * width + view.x() * side + c * dx - s * dy - 0.5;
        double v = 0.5 * height + view.y() * side + s * dx + c * dy - 0.5;
        sample(rgb, u, v, out, (y * w + x) * 3);
      }
    }
    return new Frame(w, h, out);
  }

  private void sample(byte[] rgb, double u, double v, byte[] out, int to) {
    double x = Math.clamp(u, 0, width - 1.001);
    double y = Math.clamp(v, 0, height - 1.001);
    int i = (int) x;
    int j = (int) y;
    double fx = x - i;
    double fy = y - j;
    int at = (j * width + i) * 3;
    int below = at + 3 * width;
    for (int c = 0; c < 3; c++) {
      double top = (rgb[at + c] & 255) * (1 - fx) + (rgb[at + 3 + c] & 255) * fx;
      double bottom = (rgb[below + c] & 255) * (1 - fx) + (rgb[below + 3 + c] & 255) * fx;
      out[to + c] = (byte) (top * (1 - fy) + bottom * fy + 0.5);
    }
  }
}
