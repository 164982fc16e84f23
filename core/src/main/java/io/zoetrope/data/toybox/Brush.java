package io.zoetrope.data.toybox;

import io.zoetrope.data.toybox.ToyboxObject.Pose;

/**
 * Where a shape falls on the pixel grid: its bounding box, and the way from pixels to shape
 * coordinates.
 */
final class Brush {
  final int left;
  final int right;
  final int top;
  final int bottom;

  /** Pixels per unit of shape coordinates. */
  final float radius;

  /** Shape units per pixel along a row: u grows by {@code cos}, v falls by {@code sin}. */
  final float cos;

  final float sin;

  private final double cx;
  private final double cy;

  /**
   * @param x middle in world units
   * @param y middle in world units
   * @param reach half the box's side, in shape units
   */
  Brush(int width, int height, Pose pose, double x, double y, double reach) {
    int side = Math.min(width, height);
    cx = (x - 0.5) * side + 0.5 * width;
    cy = (y - 0.5) * side + 0.5 * height;
    double r = Math.max(1e-3, pose.radius() * side);
    radius = (float) r;
    cos = (float) (Math.cos(pose.angle()) / r);
    sin = (float) (Math.sin(pose.angle()) / r);
    double half = r * reach + 1;
    left = (int) Math.clamp(Math.floor(cx - half), 0, width);
    right = (int) Math.clamp(Math.ceil(cx + half), 0, width);
    top = (int) Math.clamp(Math.floor(cy - half), 0, height);
    bottom = (int) Math.clamp(Math.ceil(cy + half), 0, height);
  }

  /** Shape coordinate x of a pixel's middle. */
  float u(int px, int py) {
    return (float) ((px + 0.5 - cx) * cos + (py + 0.5 - cy) * sin);
  }

  /** Shape coordinate y of a pixel's middle. */
  float v(int px, int py) {
    return (float) ((py + 0.5 - cy) * cos - (px + 0.5 - cx) * sin);
  }

  /** Bilinear look-up of one channel of a {@link ShapeTable}; far away beyond its rim. */
  static float sample(float[] cells, float u, float v, int channel) {
    float x = (u + ShapeTable.EXTENT) * ShapeTable.STEPS;
    float y = (v + ShapeTable.EXTENT) * ShapeTable.STEPS;
    int i = (int) x;
    int j = (int) y;
    if (x < 0 || y < 0 || i >= ShapeTable.N - 1 || j >= ShapeTable.N - 1) {
      return 9;
    }
    float fx = x - i;
    float fy = y - j;
    int at = (j * ShapeTable.N + i) * 4 + channel;
    int below = at + ShapeTable.N * 4;
    float a = cells[at] + (cells[at + 4] - cells[at]) * fx;
    float b = cells[below] + (cells[below + 4] - cells[below]) * fx;
    return a + (b - a) * fy;
  }
}
