package io.zoetrope.curation.look;

import io.zoetrope.curation.table.ProbeRow;
import io.zoetrope.media.Frame;

/** Black bars at the sides of a video: rows and columns that are black in all frames. */
final class Bars {
  /** Brighter is not black. */
  private static final int LEVEL = 28;

  /** Thinner ones are edges. */
  private static final double LEAST = 0.02;

  private int top = Integer.MAX_VALUE;
  private int bottom = Integer.MAX_VALUE;
  private int left = Integer.MAX_VALUE;
  private int right = Integer.MAX_VALUE;

  /** How much is to be cut off. */
  record Box(int top, int bottom, int left, int right) {
    static Box of(ProbeRow probe) {
      return new Box(probe.top(), probe.bottom(), probe.left(), probe.right());
    }

    Frame cropped(Frame frame) {
      if (top + bottom + left + right == 0) {
        return frame;
      }
      int width = frame.width() - left - right;
      int height = frame.height() - top - bottom;
      byte[] rgb = new byte[3 * width * height];
      for (int y = 0; y < height; y++) {
        System.arraycopy(
            frame.rgb(), 3 * ((y + top) * frame.width() + left), rgb, 3 * y * width, 3 * width);
      }
      return new Frame(width, height, rgb);
    }
  }

  /** Looks at a frame; one without anything to see says nothing. */
  void add(Frame frame) {
    int w = frame.width();
    int h = frame.height();
    int up = 0;
    while (up < h && black(frame, 0, up, w, 1)) {
      up++;
    }
    if (up == h) {
      return;
    }
    int down = 0;
    while (black(frame, 0, h - 1 - down, w, 1)) {
      down++;
    }
    int one = 0;
    while (black(frame, one, 0, 1, h)) {
      one++;
    }
    int other = 0;
    while (black(frame, w - 1 - other, 0, 1, h)) {
      other++;
    }
    top = Math.min(top, up);
    bottom = Math.min(bottom, down);
    left = Math.min(left, one);
    right = Math.min(right, other);
  }

  private static boolean black(Frame frame, int left, int top, int width, int height) {
    for (int y = top; y < top + height; y++) {
      for (int x = left; x < left + width; x++) {
        int at = 3 * (y * frame.width() + x);
        for (int c = at; c < at + 3; c++) {
          if ((frame.rgb()[c] & 255) > LEVEL) {
            return false;
          }
        }
      }
    }
    return true;
  }

  /** Bars come in pairs: one alone is a dark wall. */
  Box box(int width, int height) {
    boolean across = top != Integer.MAX_VALUE && Math.min(top, bottom) >= LEAST * height;
    boolean down = left != Integer.MAX_VALUE && Math.min(left, right) >= LEAST * width;
    return new Box(across ? top : 0, across ? bottom : 0, down ? left : 0, down ? right : 0);
  }
}
