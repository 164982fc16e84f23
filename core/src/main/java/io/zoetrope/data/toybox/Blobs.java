package io.zoetrope.data.toybox;

import io.zoetrope.data.toybox.Traits.Colour;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Finds patches of paint in a chroma plane: connected, and of one hue. */
final class Blobs {
  /** Chroma that counts as paint; muted tables and noise stay below. */
  private static final float PAINT = 22;

  /** Least area, as a share of the squared shorter side. */
  private static final double LEAST_AREA = 0.0011;

  /** Two paints that touch are told apart when their hues differ by this much, radians. */
  private static final double HUE_SPLIT = Math.toRadians(20);

  /**
   * One patch.
   *
   * @param pixels indices into the plane
   * @param x centroid, world units
   * @param y centroid, world units
   * @param hue radians, see {@link ChromaPlane#hue}
   * @param cut whether it touches another patch or the frame's edge, so that its outline is not its
   *     own
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Blob(int[] pixels, double x, double y, double hue, boolean cut) {
    int area() {
      return pixels.length;
    }
  }

  private Blobs() {}

  /** All patches of a frame, in scan order. */
  static List<Blob> find(ChromaPlane plane) {
    int n = plane.u.length;
    boolean[] seen = new boolean[n];
    int[] stack = new int[n];
    int least = Math.max(5, (int) (LEAST_AREA * plane.side() * plane.side()));
    List<Blob> blobs = new ArrayList<>();
    for (int start = 0; start < n; start++) {
      if (seen[start] || plane.strength(start) < PAINT) {
        continue;
      }
      int size = flood(plane, start, seen, stack);
      if (size >= least) {
        addParts(plane, Arrays.copyOf(stack, size), least, blobs);
      }
    }
    return blobs;
  }

  /** Leaves the component in {@code stack[0 .. size)}: popped pixels stay where they are. */
  private static int flood(ChromaPlane plane, int start, boolean[] seen, int[] stack) {
    int size = 1;
    stack[0] = start;
    seen[start] = true;
    for (int head = 0; head < size; head++) {
      int x = stack[head] % plane.width;
      int y = stack[head] / plane.width;
      for (int j = Math.max(0, y - 1); j <= Math.min(plane.height - 1, y + 1); j++) {
        for (int i = Math.max(0, x - 1); i <= Math.min(plane.width - 1, x + 1); i++) {
          int at = j * plane.width + i;
          if (!seen[at] && plane.strength(at) >= PAINT) {
            seen[at] = true;
            stack[size++] = at;
          }
        }
      }
    }
    return size;
  }

  /** Adds the component, or the two patches of different paint that it is made of. */
  private static void addParts(ChromaPlane plane, int[] pixels, int least, List<Blob> out) {
    double[] weight = new double[Paints.COUNT];
    double[] us = new double[Paints.COUNT];
    double[] vs = new double[Paints.COUNT];
    int[] label = new int[pixels.length];
    for (int p = 0; p < pixels.length; p++) {
      int at = pixels[p];
      label[p] = Paints.nearest(ChromaPlane.hue(plane.u[at], plane.v[at])).ordinal();
      weight[label[p]] += plane.strength(at);
      us[label[p]] += plane.u[at];
      vs[label[p]] += plane.v[at];
    }
    int first = largest(weight, -1);
    int second = largest(weight, first);
    double total = Arrays.stream(weight).sum();
    if (weight[second] > 0.12 * total) {
      double hue1 = ChromaPlane.hue(us[first], vs[first]);
      double hue2 = ChromaPlane.hue(us[second], vs[second]);
      if (ChromaPlane.hueGap(hue1, hue2) > HUE_SPLIT) {
        int[] one = new int[pixels.length];
        int[] two = new int[pixels.length];
        int n1 = 0;
        int n2 = 0;
        for (int at : pixels) {
          double hue = ChromaPlane.hue(plane.u[at], plane.v[at]);
          if (ChromaPlane.hueGap(hue, hue1) <= ChromaPlane.hueGap(hue, hue2)) {
            one[n1++] = at;
          } else {
            two[n2++] = at;
          }
        }
        one = Arrays.copyOf(one, n1);
        two = Arrays.copyOf(two, n2);
        if (n1 >= least && n2 >= least && solid(plane, one) && solid(plane, two)) {
          out.add(blob(plane, one, true));
          out.add(blob(plane, two, true));
          return;
        }
      }
    }
    out.add(blob(plane, pixels, false));
  }

  /** Whether a good part of the pixels have all eight neighbours: a patch, not a fringe. */
  private static boolean solid(ChromaPlane plane, int[] pixels) {
    boolean[] in = new boolean[plane.u.length];
    for (int at : pixels) {
      in[at] = true;
    }
    int inner = 0;
    for (int at : pixels) {
      int x = at % plane.width;
      int y = at / plane.width;
      if (x > 0 && y > 0 && x < plane.width - 1 && y < plane.height - 1) {
        boolean all = true;
        for (int d = -1; d <= 1; d++) {
          int row = at + d * plane.width;
          all &= in[row - 1] && in[row] && in[row + 1];
        }
        inner += all ? 1 : 0;
      }
    }
    return inner > 0.3 * pixels.length;
  }

  private static Blob blob(ChromaPlane plane, int[] pixels, boolean touching) {
    double x = 0;
    double y = 0;
    double u = 0;
    double v = 0;
    boolean cut = touching;
    for (int at : pixels) {
      int px = at % plane.width;
      int py = at / plane.width;
      x += px + 0.5;
      y += py + 0.5;
      u += plane.u[at];
      v += plane.v[at];
      cut |= px == 0 || py == 0 || px == plane.width - 1 || py == plane.height - 1;
    }
    double worldX = (x / pixels.length - 0.5 * plane.width) / plane.side() + 0.5;
    double worldY = (y / pixels.length - 0.5 * plane.height) / plane.side() + 0.5;
    return new Blob(pixels, worldX, worldY, ChromaPlane.hue(u, v), cut);
  }

  private static int largest(double[] of, int except) {
    int best = except == 0 ? 1 : 0;
    for (int i = 0; i < of.length; i++) {
      if (i != except && of[i] > of[best]) {
        best = i;
      }
    }
    return best;
  }

  /** The hues of the paints as they come out of the renderer, lit and smoothed. */
  static final class Paints {
    static final int COUNT = Colour.values().length;
    private static final double[] HUES = hues();

    private Paints() {}

    static double hue(Colour colour) {
      return HUES[colour.ordinal()];
    }

    static Colour nearest(double hue) {
      Colour best = Colour.RED;
      for (Colour colour : Colour.values()) {
        if (ChromaPlane.hueGap(hue, hue(colour)) < ChromaPlane.hueGap(hue, hue(best))) {
          best = colour;
        }
      }
      return best;
    }

    /** How clear the nearest paint is: 1 on it, 0 half way to the next one. */
    static double clearness(double hue) {
      Colour best = nearest(hue);
      double gap = ChromaPlane.hueGap(hue, hue(best));
      double next = Math.PI;
      for (Colour colour : Colour.values()) {
        if (colour != best) {
          next = Math.min(next, ChromaPlane.hueGap(hue, hue(colour)));
        }
      }
      return next <= 0 ? 0 : Math.clamp((next - gap) / (next + gap), 0, 1);
    }

    private static double[] hues() {
      double[] hues = new double[COUNT];
      for (Colour colour : Colour.values()) {
        hues[colour.ordinal()] = ShapeMatcher.paintedHue(colour);
      }
      return hues;
    }
  }
}
