package io.zoetrope.media;

import org.jspecify.annotations.Nullable;

/** Transparent at first; the parts of an animated WebP are laid onto it. 8-bit RGBA. */
final class WebpCanvas {
  private final int width;
  private final int height;
  private final ReadOptions.Plane plane;
  private final byte[] rgba;
  private AnimatedWebp.@Nullable Part toClear;
  private boolean transparent;

  /**
   * @param plane what its frames show
   */
  WebpCanvas(int width, int height, ReadOptions.Plane plane) {
    this.plane = plane;
    this.width = width;
    this.height = height;
    rgba = new byte[Math.multiplyExact(Math.multiplyExact(width, height), 4)];
  }

  /** Lays a part onto what its predecessor left; what lies beyond the edges is not seen. */
  void put(AnimatedWebp.Part part, byte[] pixels, int partWidth, int partHeight) {
    if (toClear != null) {
      clear(toClear);
    }
    toClear = part.clears() ? part : null;
    int rows = Math.min(partHeight, height - part.y());
    int columns = Math.min(partWidth, width - part.x());
    for (int y = 0; y < rows; y++) {
      for (int x = 0; x < columns; x++) {
        int from = 4 * (y * partWidth + x);
        int to = 4 * ((part.y() + y) * width + part.x() + x);
        if (part.replaces()) {
          System.arraycopy(pixels, from, rgba, to, 4);
        } else {
          over(pixels, from, to);
        }
      }
    }
  }

  private void clear(AnimatedWebp.Part part) {
    int right = Math.min(part.x() + part.width(), width);
    for (int y = part.y(); y < Math.min(part.y() + part.height(), height); y++) {
      for (int i = 4 * (y * width + part.x()); i < 4 * (y * width + right); i++) {
        rgba[i] = 0;
      }
    }
  }

  /** Straight alpha: {@code a = s + d (1 - s)}, {@code c = (cs s + cd d (1 - s)) / a}. */
  private void over(byte[] pixels, int from, int to) {
    int source = pixels[from + 3] & 0xff;
    int below = (rgba[to + 3] & 0xff) * (255 - source);
    int alpha = 255 * source + below;
    if (alpha == 0) {
      return;
    }
    for (int c = 0; c < 3; c++) {
      int sum = 255 * source * (pixels[from + c] & 0xff) + below * (rgba[to + c] & 0xff);
      rgba[to + c] = (byte) ((sum + alpha / 2) / alpha);
    }
    rgba[to + 3] = (byte) ((alpha + 127) / 255);
  }

  /** Whether the last frame was transparent anywhere. */
  boolean transparent() {
    return transparent;
  }

  /** What is to be seen, on white; or how opaque it is. */
  Frame frame() {
    byte[] rgb = new byte[width * height * 3];
    transparent = false;
    for (int i = 0; i < width * height; i++) {
      int alpha = rgba[4 * i + 3] & 0xff;
      transparent |= alpha < 255;
      for (int c = 0; c < 3; c++) {
        int value = rgba[4 * i + c] & 0xff;
        int onWhite = (value * alpha + 255 * (255 - alpha) + 127) / 255;
        rgb[3 * i + c] = (byte) (plane == ReadOptions.Plane.OPACITY ? alpha : onWhite);
      }
    }
    return new Frame(width, height, rgb);
  }
}
