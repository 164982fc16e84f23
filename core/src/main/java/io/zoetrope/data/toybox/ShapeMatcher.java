package io.zoetrope.data.toybox;

import io.zoetrope.data.toybox.Blobs.Blob;
import io.zoetrope.data.toybox.Traits.Background;
import io.zoetrope.data.toybox.Traits.Colour;
import io.zoetrope.data.toybox.Traits.Motion;
import io.zoetrope.data.toybox.Traits.Shape;
import io.zoetrope.data.toybox.Traits.Size;
import io.zoetrope.data.toybox.Traits.Speed;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Video;
import java.util.Arrays;
import java.util.List;

/**
 * Compares a patch of paint with every shape at every angle, by synthesis: the templates are
 * rendered toys, measured exactly as an observed patch is (centroid, area, paint profile), at
 * several blurs.
 */
final class ShapeMatcher {
  /** Angles per full turn. */
  static final int ANGLES = 72;

  /** Blurs, as the Gaussian's standard deviation in template pixels; the toy's radius is 17. */
  private static final double[] BLURS = {0, 2, 4, 6};

  static final int LEVELS = BLURS.length;
  private static final int GRID = 24;

  /** Half the patch's side in radii of the disc of equal area. */
  private static final double REACH = 2.0;

  private static final int TEMPLATE_SIDE = 96;
  private static final int SHAPES = Shape.values().length;

  /**
   * What one patch of paint measures.
   *
   * @param x centroid of its solid part, world units
   * @param y likewise
   * @param radius of the disc of equal area, world units
   * @param strength of its paint, chroma units
   * @param patch its paint profile on a grid, zero mean and unit norm
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Measure(double x, double y, double radius, double strength, float[] patch) {}

  private ShapeMatcher() {}

  /** Similarity, -1 to 1, of a patch to a shape at one blur, for each angle. */
  static float[] scores(float[] patch, int shape, int level) {
    float[] scores = new float[ANGLES];
    for (int angle = 0; angle < ANGLES; angle++) {
      float[] template = Templates.PATCHES[(shape * LEVELS + level) * ANGLES + angle];
      float a = 0; // four sums, for the sake of the processor's pipeline
      float b = 0;
      float c = 0;
      float d = 0;
      for (int p = 0; p < GRID * GRID; p += 4) {
        a += patch[p] * template[p];
        b += patch[p + 1] * template[p + 1];
        c += patch[p + 2] * template[p + 2];
        d += patch[p + 3] * template[p + 3];
      }
      scores[angle] = a + b + c + d;
    }
    return scores;
  }

  /**
   * Centroid of a shape's paint relative to its middle, in radii of the disc of equal area, at
   * angle 0.
   */
  static double[] centroid(Shape shape) {
    return Templates.CENTROIDS[shape.ordinal()];
  }

  /** Radius of the circle around a shape, in radii of the disc of equal area. */
  static double reach(Shape shape) {
    return Templates.REACHES[shape.ordinal()];
  }

  /**
   * Measures a patch.
   *
   * @param hue of its paint
   * @param others patches whose pixels are not its own
   */
  static Measure measure(ChromaPlane plane, Blob blob, double hue, List<Blob> others) {
    float[] p = profile(plane, blob, hue, others);
    return measure(p, plane.width, plane.height, blob.pixels());
  }

  /** Projection of chroma on the paint's hue, in a box around the patch; 0 elsewhere. */
  private static float[] profile(ChromaPlane plane, Blob blob, double hue, List<Blob> others) {
    float cu = (float) Math.cos(hue);
    float cv = (float) Math.sin(hue);
    int rim = Math.max(2, plane.side() / 32);
    int left = plane.width;
    int right = 0;
    int top = plane.height;
    int bottom = 0;
    for (int at : blob.pixels()) {
      left = Math.min(left, at % plane.width);
      right = Math.max(right, at % plane.width);
      top = Math.min(top, at / plane.width);
      bottom = Math.max(bottom, at / plane.width);
    }
    float[] p = new float[plane.u.length];
    for (int y = Math.max(0, top - rim); y <= Math.min(plane.height - 1, bottom + rim); y++) {
      for (int x = Math.max(0, left - rim); x <= Math.min(plane.width - 1, right + rim); x++) {
        int at = y * plane.width + x;
        p[at] = Math.max(0, plane.u[at] * cu + plane.v[at] * cv);
      }
    }
    for (Blob other : others) {
      if (other != blob) {
        for (int at : other.pixels()) {
          p[at] = 0;
        }
      }
    }
    return p;
  }

  private static Measure measure(float[] p, int width, int height, int[] pixels) {
    float[] sorted = new float[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      sorted[i] = p[pixels[i]];
    }
    Arrays.sort(sorted);
    float peak = Math.max(1e-3f, sorted[(int) (0.9 * (sorted.length - 1))]);
    double sum = 0;
    double sx = 0;
    double sy = 0;
    for (int at = 0; at < p.length; at++) {
      if (p[at] > 0) {
        double a = Math.clamp((p[at] / peak - 0.2) / 0.3, 0, 1);
        sum += a;
        sx += a * (at % width + 0.5);
        sy += a * (at / width + 0.5);
      }
    }
    double cx = sx / sum;
    double cy = sy / sum;
    double radius = Math.sqrt(sum / Math.PI);
    float[] patch = new float[GRID * GRID];
    double step = 2 * REACH * radius / GRID;
    float mean = 0;
    for (int j = 0; j < GRID; j++) {
      for (int i = 0; i < GRID; i++) {
        double x = cx + (i + 0.5 - GRID / 2.0) * step - 0.5;
        double y = cy + (j + 0.5 - GRID / 2.0) * step - 0.5;
        float value = Math.min(1.25f, bilinear(p, width, height, x, y) / peak);
        patch[j * GRID + i] = value;
        mean += value;
      }
    }
    mean /= patch.length;
    float norm = 0;
    for (int i = 0; i < patch.length; i++) {
      patch[i] -= mean;
      norm += patch[i] * patch[i];
    }
    float scale = 1 / (float) Math.sqrt(Math.max(1e-9f, norm));
    for (int i = 0; i < patch.length; i++) {
      patch[i] *= scale;
    }
    double side = Math.min(width, height);
    return new Measure(
        (cx - 0.5 * width) / side + 0.5,
        (cy - 0.5 * height) / side + 0.5,
        radius / side,
        peak,
        patch);
  }

  private static float bilinear(float[] p, int width, int height, double x, double y) {
    int i = (int) Math.floor(x);
    int j = (int) Math.floor(y);
    if (i < 0 || j < 0 || i >= width - 1 || j >= height - 1) {
      return 0;
    }
    float fx = (float) (x - i);
    float fy = (float) (y - j);
    int at = j * width + i;
    float a = p[at] + (p[at + 1] - p[at]) * fx;
    float b = p[at + width] + (p[at + width + 1] - p[at + width]) * fx;
    return a + (b - a) * fy;
  }

  /** The hue that a paint has in a rendered, lit, smoothed toy. */
  static double paintedHue(Colour colour) {
    ChromaPlane plane = synthesise(Shape.BALL, colour, 0.3);
    double u = 0;
    double v = 0;
    for (int at = 0; at < plane.u.length; at++) {
      if (plane.strength(at) > 30) {
        u += plane.u[at];
        v += plane.v[at];
      }
    }
    return ChromaPlane.hue(u, v);
  }

  private static ChromaPlane synthesise(Shape shape, Colour colour, double angle) {
    ToyboxObject toy =
        new ToyboxObject(shape, colour, Size.LARGE, Motion.STILL, Speed.NORMAL, 0.5, 0.5, angle, 0);
    ToyboxScene scene = new ToyboxScene(List.of(toy), Background.PLAIN, 1);
    Frame frame = ToyboxRenderer.renderAt(scene, TEMPLATE_SIDE, TEMPLATE_SIDE, 0);
    return ChromaPlane.of(new Video(List.of(frame), 1), new int[] {0}).getFirst();
  }

  /** Built on first use, once. */
  private static final class Templates {
    static final float[][] PATCHES = new float[SHAPES * LEVELS * ANGLES][];
    static final double[][] CENTROIDS = new double[SHAPES][];
    static final double[] REACHES = new double[SHAPES];

    static {
      for (Shape shape : Shape.values()) {
        for (int a = 0; a < ANGLES; a++) {
          build(shape, a);
        }
      }
    }

    private Templates() {}

    private static void build(Shape shape, int a) {
      ChromaPlane plane = synthesise(shape, Colour.GREEN, a * 2 * Math.PI / ANGLES);
      int n = plane.u.length;
      float[] p = new float[n];
      int[] pixels = new int[n];
      int count = 0;
      double hue = ChromaPlane.hue(-130, 200 * Math.sqrt(3) / 2);
      for (int at = 0; at < n; at++) {
        p[at] = (float) Math.max(0, plane.u[at] * Math.cos(hue) + plane.v[at] * Math.sin(hue));
        if (p[at] > 22) {
          pixels[count++] = at;
        }
      }
      pixels = Arrays.copyOf(pixels, count);
      for (int b = 0; b < LEVELS; b++) {
        float[] blurred = blur(p, plane.width, plane.height, BLURS[b]);
        Measure measure = measure(blurred, plane.width, plane.height, pixels);
        PATCHES[(shape.ordinal() * LEVELS + b) * ANGLES + a] = measure.patch();
        if (a == 0 && b == 0) {
          CENTROIDS[shape.ordinal()] =
              new double[] {
                (measure.x() - 0.5) / measure.radius(), (measure.y() - 0.5) / measure.radius()
              };
          REACHES[shape.ordinal()] = Size.LARGE.radius() / measure.radius();
        }
      }
    }
  }

  /** Gaussian blur. */
  static float[] blur(float[] in, int w, int h, double sigma) {
    if (sigma <= 0) {
      return in;
    }
    int reach = (int) Math.ceil(3 * sigma);
    float[] kernel = new float[2 * reach + 1];
    float total = 0;
    for (int d = -reach; d <= reach; d++) {
      kernel[d + reach] = (float) Math.exp(-d * d / (2 * sigma * sigma));
      total += kernel[d + reach];
    }
    float[] rows = new float[in.length];
    float[] out = new float[in.length];
    for (int pass = 0; pass < 2; pass++) {
      float[] from = pass == 0 ? in : rows;
      float[] to = pass == 0 ? rows : out;
      for (int y = 0; y < h; y++) {
        for (int x = 0; x < w; x++) {
          float sum = 0;
          for (int d = -reach; d <= reach; d++) {
            int xx = pass == 0 ? Math.clamp(x + d, 0, w - 1) : x;
            int yy = pass == 0 ? y : Math.clamp(y + d, 0, h - 1);
            sum += kernel[d + reach] * from[yy * w + xx];
          }
          to[y * w + x] = sum / total;
        }
      }
    }
    return out;
  }
}
