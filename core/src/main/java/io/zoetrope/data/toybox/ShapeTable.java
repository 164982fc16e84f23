package io.zoetrope.data.toybox;

import io.zoetrope.data.toybox.Traits.Shape;

/**
 * A shape sampled once on a grid: signed distance to its outline, the sideways part of its surface
 * normal, and its painted marking. The shape's own coordinates: x right, y down, the circle around
 * it has radius 1; negative distance is inside. Distance functions after Inigo Quilez, "2D distance
 * functions".
 */
final class ShapeTable {
  /** Grid points across; the grid covers [-EXTENT, EXTENT] both ways. */
  static final int N = 192;

  static final float EXTENT = 1.6f;

  /** Grid steps per unit. */
  static final float STEPS = (N - 1) / (2 * EXTENT);

  private static final ShapeTable[] TABLES = build();

  /** Signed distance, then normal x, normal y and marking [0, 1] interleaved by fours. */
  final float[] cells = new float[N * N * 4];

  private ShapeTable(Shape shape) {
    float h = 1 / STEPS;
    double bevel = bevel(shape);
    for (int j = 0; j < N; j++) {
      for (int i = 0; i < N; i++) {
        double x = -EXTENT + i * h;
        double y = -EXTENT + j * h;
        double d = distance(shape, x, y);
        // Rounded like a cushion: upright at the rim, flat once `bevel` deep.
        double e = 0.5 * h;
        double gx = distance(shape, x + e, y) - distance(shape, x - e, y);
        double gy = distance(shape, x, y + e) - distance(shape, x, y - e);
        double norm = Math.max(1e-9, Math.hypot(gx, gy));
        double q = Math.clamp(1 + d / bevel, 0, 1);
        q *= q * (2 - q) * 0.3 + 0.7; // softens the crease where the bevel ends
        int at = (j * N + i) * 4;
        cells[at] = (float) d;
        cells[at + 1] = (float) (0.97 * q * gx / norm);
        cells[at + 2] = (float) (0.97 * q * gy / norm);
        cells[at + 3] = (float) marking(shape, x, y);
      }
    }
    smoothNormals();
  }

  static ShapeTable of(Shape shape) {
    return TABLES[shape.ordinal()];
  }

  private static ShapeTable[] build() {
    Shape[] shapes = Shape.values();
    ShapeTable[] tables = new ShapeTable[shapes.length];
    for (Shape shape : shapes) {
      tables[shape.ordinal()] = new ShapeTable(shape);
    }
    return tables;
  }

  /** Two passes of a 5x5 box over the normals: ridges along the shape's skeleton become soft. */
  private void smoothNormals() {
    for (int pass = 0; pass < 2; pass++) {
      float[] old = cells.clone();
      for (int j = 2; j < N - 2; j++) {
        for (int i = 2; i < N - 2; i++) {
          for (int c = 1; c <= 2; c++) {
            float sum = 0;
            for (int dj = -2; dj <= 2; dj++) {
              for (int di = -2; di <= 2; di++) {
                sum += old[((j + dj) * N + i + di) * 4 + c];
              }
            }
            cells[(j * N + i) * 4 + c] = sum / 25;
          }
        }
      }
    }
  }

  private static double bevel(Shape shape) {
    return switch (shape) {
      case BALL -> 0.96;
      case RING -> 0.27;
      case CROSS -> 0.3;
      default -> 0.42;
    };
  }

  /** Signed distance of a point to a shape's outline; inside is negative. */
  static double distance(Shape shape, double x, double y) {
    return switch (shape) {
      case BALL -> Math.hypot(x, y) - 0.96;
      case SQUARE -> box(Math.abs(x), Math.abs(y), 0.62) - 0.14;
      case TRIANGLE -> triangle(x, 0.12 - y, 0.74) - 0.13;
      case STAR -> star(x, -y, 0.92, 0.5) - 0.06;
      case HEART -> 1.5 * heart(x / 1.5, 0.56 - y / 1.5) - 0.05;
      case RING -> Math.abs(Math.hypot(x, y) - 0.69) - 0.27;
      case CROSS -> cross(Math.abs(x), Math.abs(y), 0.82, 0.22) - 0.12;
      case CRESCENT -> moon(x - 0.22, Math.abs(y), 0.42, 0.9, 0.78) - 0.05;
    };
  }

  /**
   * Ball and ring look the same at every angle, so that spinning would not show: the ball wears a
   * band, a quarter of the ring is painted darker. The others need no marking.
   */
  private static double marking(Shape shape, double x, double y) {
    double soft = 2 * EXTENT / N;
    return switch (shape) {
      case BALL -> Math.clamp((0.2 - Math.abs(x)) / soft + 0.5, 0, 1);
      case RING -> Math.clamp((x - Math.abs(y)) * Math.sqrt(0.5) / soft + 0.5, 0, 1);
      default -> 0;
    };
  }

  private static double box(double ax, double ay, double half) {
    double qx = ax - half;
    double qy = ay - half;
    return Math.hypot(Math.max(qx, 0), Math.max(qy, 0)) + Math.min(Math.max(qx, qy), 0);
  }

  private static double triangle(double x, double y, double half) {
    double k = Math.sqrt(3);
    double px = Math.abs(x) - half;
    double py = y + half / k;
    if (px + k * py > 0) {
      double nx = (px - k * py) / 2;
      py = (-k * px - py) / 2;
      px = nx;
    }
    px -= Math.clamp(px, -2 * half, 0);
    return -Math.hypot(px, py) * Math.signum(py);
  }

  private static double star(double x, double y, double r, double inner) {
    double kx = 0.809016994375;
    double ky = -0.587785252292;
    double px = Math.abs(x);
    double py = y;
    double m = 2 * Math.max(kx * px + ky * py, 0);
    px -= m * kx;
    py -= m * ky;
    m = 2 * Math.max(-kx * px + ky * py, 0);
    px += m * kx;
    py -= m * ky;
    px = Math.abs(px);
    py -= r;
    double bx = -inner * ky;
    double by = inner * kx - 1;
    double h = Math.clamp((px * bx + py * by) / (bx * bx + by * by), 0, r);
    return Math.hypot(px - bx * h, py - by * h) * Math.signum(py * bx - px * by);
  }

  private static double heart(double x, double y) {
    double px = Math.abs(x);
    if (y + px > 1) {
      return Math.hypot(px - 0.25, y - 0.75) - Math.sqrt(2) / 4;
    }
    double m = 0.5 * Math.max(px + y, 0);
    double near = Math.min(Math.hypot(px, y - 1), Math.hypot(px - m, y - m));
    return near * Math.signum(px - y);
  }

  private static double cross(double ax, double ay, double length, double half) {
    double px = Math.max(ax, ay);
    double py = Math.min(ax, ay);
    double qx = px - length;
    double qy = py - half;
    double k = Math.max(qx, qy);
    double wx = k > 0 ? qx : half - px;
    double wy = k > 0 ? qy : -k;
    return Math.signum(k) * Math.hypot(Math.max(wx, 0), Math.max(wy, 0));
  }

  private static double moon(double x, double ay, double d, double ra, double rb) {
    double a = (ra * ra - rb * rb + d * d) / (2 * d);
    double b = Math.sqrt(Math.max(ra * ra - a * a, 0));
    if (d * (x * b - ay * a) > d * d * Math.max(b - ay, 0)) {
      return Math.hypot(x - a, ay - b);
    }
    return Math.max(Math.hypot(x, ay) - ra, rb - Math.hypot(x - d, ay));
  }
}
