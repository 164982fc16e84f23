package io.zoetrope.media;

import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.BytePointer;

/**
 * Takes the pixels of a native RGB or RGBA frame over: transparent parts on white, or how opaque
 * they are, turned upright. Does so on the way, since a photograph of 200 megapixels fits into
 * memory once and not twice.
 */
final class PixelCopy {
  /** Rows that are turned at once: columns that become rows stay within the cache. */
  private static final int STRIP = 64;

  private final int width;
  private final int height;
  private final int bytes;
  private final ReadOptions.Plane plane;
  private final Orientation turn;
  private boolean transparent;

  /**
   * @param width as stored
   * @param height as stored
   * @param alpha whether a fourth byte says how opaque a pixel is
   * @param plane which of these is taken
   */
  PixelCopy(int width, int height, boolean alpha, ReadOptions.Plane plane, Orientation turn) {
    this.width = width;
    this.height = height;
    this.bytes = alpha ? 4 : 3;
    this.plane = plane;
    this.turn = turn;
  }

  /** Whether any pixel so far was not opaque. */
  boolean transparent() {
    return transparent;
  }

  Frame of(AVFrame frame) {
    int shownWidth = turn.swapsSides() ? height : width;
    int shownHeight = turn.swapsSides() ? width : height;
    byte[] to = new byte[Math.multiplyExact(Math.multiplyExact(width, height), 3)];
    byte[] strip = new byte[STRIP * width * bytes];
    BytePointer data = frame.data(0);
    for (int top = 0; top < height; top += STRIP) {
      int rows = Math.min(STRIP, height - top);
      for (int q = 0; q < rows; q++) {
        long at = (long) (top + q) * frame.linesize(0);
        data.position(at).get(strip, q * width * bytes, width * bytes);
      }
      if (plane == ReadOptions.Plane.OPACITY) {
        opacity(strip, rows * width);
      } else if (bytes == 4) {
        overWhite(strip, rows * width);
      }
      turn(strip, top, rows, to, shownWidth, shownHeight);
    }
    return new Frame(shownWidth, shownHeight, to);
  }

  /** Of a stored point (p, q): shown at (x, y) as {@link Orientation} says. */
  private void turn(byte[] strip, int top, int rows, byte[] to, int shownWidth, int shownHeight) {
    if (turn.equals(Orientation.UPRIGHT)) {
      System.arraycopy(strip, 0, to, top * width * 3, rows * width * 3);
      return;
    }
    // A negative coefficient makes an axis run backwards from the far edge.
    int x0 = turn.a() < 0 || turn.c() < 0 ? shownWidth - 1 : 0;
    int y0 = turn.b() < 0 || turn.d() < 0 ? shownHeight - 1 : 0;
    for (int p = 0; p < width; p++) {
      for (int q = 0; q < rows; q++) {
        int x = x0 + turn.a() * p + turn.c() * (top + q);
        int y = y0 + turn.b() * p + turn.d() * (top + q);
        int from = (q * width + p) * 3;
        int at = (y * shownWidth + x) * 3;
        to[at] = strip[from];
        to[at + 1] = strip[from + 1];
        to[at + 2] = strip[from + 2];
      }
    }
  }

  /** In place, to three bytes a pixel that are alike. */
  private void opacity(byte[] pixels, int count) {
    for (int i = 0; i < count; i++) {
      byte alpha = bytes == 4 ? pixels[4 * i + 3] : (byte) 255;
      transparent |= (alpha & 0xff) < 255;
      for (int c = 0; c < 3; c++) {
        pixels[3 * i + c] = alpha;
      }
    }
  }

  /** In place, from four bytes a pixel to three. */
  private void overWhite(byte[] pixels, int count) {
    for (int i = 0; i < count; i++) {
      int alpha = pixels[4 * i + 3] & 0xff;
      transparent |= alpha < 255;
      for (int c = 0; c < 3; c++) {
        int value = pixels[4 * i + c] & 0xff;
        pixels[3 * i + c] = (byte) ((value * alpha + 255 * (255 - alpha) + 127) / 255);
      }
    }
  }
}
