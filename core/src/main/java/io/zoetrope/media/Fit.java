package io.zoetrope.media;

import java.util.Arrays;

/** How a frame is made to fill another size. */
public enum Fit {
  /** Fills the new size; equal parts of the two sides that stick out are cut off. */
  CROP,
  /** Shows the whole frame, with black bars where it does not reach. */
  PAD,
  /** Shows the whole frame, pulled out of shape. */
  STRETCH;

  /** The frame in the new size. */
  Frame apply(Frame frame, int width, int height) {
    int w = frame.width();
    int h = frame.height();
    return switch (this) {
      case CROP -> Resize.cover(w, h, width, height).apply(frame);
      case STRETCH -> Resize.stretch(w, h, width, height).apply(frame);
      case PAD -> padded(frame, width, height, 0);
    };
  }

  /**
   * The whole frame in the middle of a new size, with bars where it does not reach.
   *
   * @param level of the bars: 0 is black, 255 white
   */
  public static Frame padded(Frame frame, int width, int height, int level) {
    int w = frame.width();
    int h = frame.height();
    double scale = Math.min((double) width / w, (double) height / h);
    int innerWidth = (int) Math.clamp(Math.round(w * scale), 1, width);
    int innerHeight = (int) Math.clamp(Math.round(h * scale), 1, height);
    Frame inner = Resize.stretch(w, h, innerWidth, innerHeight).apply(frame);
    if (inner.width() == width && inner.height() == height) {
      return inner;
    }
    byte[] rgb = new byte[width * height * 3];
    Arrays.fill(rgb, (byte) level);
    int left = (width - inner.width()) / 2;
    int top = (height - inner.height()) / 2;
    int stride = inner.width() * 3;
    for (int y = 0; y < inner.height(); y++) {
      System.arraycopy(inner.rgb(), y * stride, rgb, ((top + y) * width + left) * 3, stride);
    }
    return new Frame(width, height, rgb);
  }

  /** What it does to frames of one shape, in words; empty if the shape stays. */
  String words(int fromWidth, int fromHeight, int width, int height) {
    Resize crop = Resize.cover(fromWidth, fromHeight, width, height);
    int[] kept = {crop.cropWidth(), crop.cropHeight()};
    if (Arrays.equals(kept, new int[] {fromWidth, fromHeight})) {
      return "";
    }
    return switch (this) {
      case CROP -> "centre crop";
      case PAD -> "black bars";
      case STRETCH -> "stretched";
    };
  }
}
