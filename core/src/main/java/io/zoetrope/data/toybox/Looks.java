package io.zoetrope.data.toybox;

import io.zoetrope.data.toybox.ToyboxLook.Style;
import io.zoetrope.data.toybox.ToyboxObject.Pose;

/** What styles make of a table, of the paint of toys and of a whole frame. */
final class Looks {
  /** Width of the dark line around a toy, of its radius. */
  private static final float LINE = 0.13f;

  private static final float GLOW = 0.55f;

  private static final byte[] INK = {34, 32, 40};

  private Looks() {}

  /** The empty table in a style, changed in place. */
  static void table(Style style, byte[] rgb) {
    switch (style) {
      case PLAIN, PASTEL -> {}
      case OUTLINE -> {
        for (int at = 0; at < rgb.length; at += 3) {
          int grey = ((rgb[at] & 255) + (rgb[at + 1] & 255) + (rgb[at + 2] & 255)) / 3;
          for (int c = 0; c < 3; c++) {
            rgb[at + c] = (byte) (255 - (255 - grey) * 0.35f + 0.5f);
          }
        }
      }
      case NIGHT -> {
        for (int at = 0; at < rgb.length; at += 3) {
          rgb[at] = (byte) ((rgb[at] & 255) * 0.20f + 0.5f);
          rgb[at + 1] = (byte) ((rgb[at + 1] & 255) * 0.22f + 0.5f);
          rgb[at + 2] = (byte) ((rgb[at + 2] & 255) * 0.28f + 0.5f);
        }
      }
    }
  }

  /** A finished frame in a style, changed in place. */
  static void frame(Style style, byte[] rgb) {
    if (style == Style.PASTEL) {
      for (int at = 0; at < rgb.length; at++) {
        rgb[at] = (byte) (255 - (255 - (rgb[at] & 255)) * 0.56f + 0.5f);
      }
    }
  }

  /** Whether toys throw shadows. */
  static boolean shadows(Style style) {
    return style == Style.PLAIN || style == Style.PASTEL;
  }

  /** Whether toys are lit by the lamp. */
  static boolean lit(Style style) {
    return style != Style.OUTLINE;
  }

  /** The light that a toy throws on a dark table. */
  static void glow(byte[] rgb, int width, int height, ToyboxObject object, Pose pose) {
    Brush brush = new Brush(width, height, pose, pose.x(), pose.y(), 1 + GLOW);
    float[] cells = ShapeTable.of(object.shape()).cells;
    float[] paint = {object.colour().r(), object.colour().g(), object.colour().b()};
    for (int y = brush.top; y < brush.bottom; y++) {
      for (int x = brush.left; x < brush.right; x++) {
        float d = Brush.sample(cells, brush.u(x, y), brush.v(x, y), 0);
        float near = Math.clamp(1 - d / GLOW, 0, 1);
        float light = 0.22f * near * near * (float) pose.opacity();
        int at = (y * width + x) * 3;
        for (int c = 0; c < 3; c++) {
          float value = (rgb[at + c] & 255) + paint[c] * light;
          rgb[at + c] = (byte) (Math.min(255, value) + 0.5f);
        }
      }
    }
  }

  /** A toy in flat paint within a dark line. */
  static void drawn(byte[] rgb, int width, int height, ToyboxObject object, Pose pose) {
    Brush brush = new Brush(width, height, pose, pose.x(), pose.y(), 1.02);
    float[] cells = ShapeTable.of(object.shape()).cells;
    int[] paint = {object.colour().r(), object.colour().g(), object.colour().b()};
    for (int y = brush.top; y < brush.bottom; y++) {
      for (int x = brush.left; x < brush.right; x++) {
        float d = Brush.sample(cells, brush.u(x, y), brush.v(x, y), 0);
        float cover = Math.clamp(0.5f - d * brush.radius, 0, 1) * (float) pose.opacity();
        if (cover <= 0) {
          continue;
        }
        float fill = Math.clamp(0.5f - (d + LINE) * brush.radius, 0, 1);
        int at = (y * width + x) * 3;
        for (int c = 0; c < 3; c++) {
          float ink = INK[c] + (paint[c] - INK[c]) * fill;
          float below = rgb[at + c] & 255;
          rgb[at + c] = (byte) (below + (ink - below) * cover + 0.5f);
        }
      }
    }
  }
}
