package io.zoetrope.media;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.List;

/**
 * Cut a box out of a frame and scale it: made once for a size, applied to any number of frames.
 *
 * <p>Scaling is separable. Down, it averages with a cubic filter widened by the scale, so that
 * nothing aliases; up, it is Catmull-Rom (Keys 1981, a = -0.5). The same result on every machine.
 *
 * @param srcWidth and {@code srcHeight}: the frames that it takes
 * @param x and {@code y}, {@code cropWidth}, {@code cropHeight}: the box, within the source
 * @param width and {@code height}: the frames that it gives
 */
public record Resize(
    int srcWidth,
    int srcHeight,
    int x,
    int y,
    int cropWidth,
    int cropHeight,
    int width,
    int height) {

  public Resize {
    if (x < 0
        || y < 0
        || cropWidth < 1
        || cropHeight < 1
        || x + cropWidth > srcWidth
        || y + cropHeight > srcHeight) {
      throw new IllegalArgumentException("the box lies outside of the frame");
    }
    if (width < 1 || height < 1) {
      throw new UserError(
          Fault.INVALID, "a frame needs at least 1x1 pixels, not " + width + "x" + height);
    }
  }

  /** Fills the new size, cutting off equal parts of the two sides that stick out. */
  public static Resize cover(int srcWidth, int srcHeight, int width, int height) {
    if (width < 1 || height < 1) {
      throw new UserError(
          Fault.INVALID, "a frame needs at least 1x1 pixels, not " + width + "x" + height);
    }
    double scale = Math.max((double) width / srcWidth, (double) height / srcHeight);
    int cropWidth = (int) Math.clamp(Math.round(width / scale), 1, srcWidth);
    int cropHeight = (int) Math.clamp(Math.round(height / scale), 1, srcHeight);
    return new Resize(
        srcWidth,
        srcHeight,
        (srcWidth - cropWidth) / 2,
        (srcHeight - cropHeight) / 2,
        cropWidth,
        cropHeight,
        width,
        height);
  }

  /** Stretches the whole frame to the new size. */
  public static Resize stretch(int srcWidth, int srcHeight, int width, int height) {
    return new Resize(srcWidth, srcHeight, 0, 0, srcWidth, srcHeight, width, height);
  }

  /** The video made to fill {@code width} x {@code height}, cut at the middle. */
  public static Video cover(Video video, int width, int height) {
    return cover(video.width(), video.height(), width, height).apply(video);
  }

  public Video apply(Video video) {
    List<Frame> frames = video.frames().stream().map(this::apply).toList();
    return new Video(frames, video.fps());
  }

  public Frame apply(Frame frame) {
    if (frame.width() != srcWidth || frame.height() != srcHeight) {
      throw new IllegalArgumentException("made for frames of " + srcWidth + "x" + srcHeight);
    }
    if (isIdentity()) {
      return frame;
    }
    Taps across = Taps.of(x, cropWidth, width);
    Taps down = Taps.of(y, cropHeight, height);
    byte[] src = frame.rgb();
    // Horizontally first, for the rows of the box only.
    float[] rows = new float[cropHeight * width * 3];
    for (int r = 0; r < cropHeight; r++) {
      int line = (y + r) * srcWidth;
      for (int c = 0; c < width; c++) {
        float[] weights = across.weights()[c];
        float red = 0;
        float green = 0;
        float blue = 0;
        int at = (line + across.first()[c]) * 3;
        for (float w : weights) {
          red += w * (src[at] & 0xff);
          green += w * (src[at + 1] & 0xff);
          blue += w * (src[at + 2] & 0xff);
          at += 3;
        }
        int to = (r * width + c) * 3;
        rows[to] = red;
        rows[to + 1] = green;
        rows[to + 2] = blue;
      }
    }
    byte[] out = new byte[width * height * 3];
    int stride = width * 3;
    for (int r = 0; r < height; r++) {
      float[] weights = down.weights()[r];
      int first = down.first()[r] - y;
      for (int c = 0; c < stride; c++) {
        float sum = 0;
        int at = first * stride + c;
        for (float w : weights) {
          sum += w * rows[at];
          at += stride;
        }
        out[r * stride + c] = (byte) Math.clamp(Math.round(sum), 0, 255);
      }
    }
    return new Frame(width, height, out);
  }

  private boolean isIdentity() {
    return width == srcWidth && height == srcHeight && cropWidth == width && cropHeight == height;
  }

  /** What is done, for a log line: {@code "cut 1920x1080 to 1080x1080, scaled to 128x128"}. */
  public String describe() {
    String from = srcWidth + "x" + srcHeight;
    if (isIdentity()) {
      return "kept " + from;
    }
    String box = cropWidth + "x" + cropHeight;
    String cut = box.equals(from) ? from : "cut " + from + " to " + box;
    String to = width + "x" + height;
    return box.equals(to) ? cut : cut + (box.equals(from) ? " scaled to " : ", scaled to ") + to;
  }

  /** For each output sample, the first input sample and the weights of it and its followers. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Taps(int[] first, float[][] weights) {
    static Taps of(int offset, int from, int to) {
      double scale = (double) from / to;
      double widen = Math.max(scale, 1);
      int[] first = new int[to];
      float[][] weights = new float[to][];
      for (int i = 0; i < to; i++) {
        double centre = (i + 0.5) * scale;
        int low = (int) Math.max(0, Math.floor(centre - 2 * widen + 0.5));
        int high = (int) Math.min(from, Math.floor(centre + 2 * widen + 0.5));
        double[] w = new double[high - low];
        double sum = 0;
        for (int k = 0; k < w.length; k++) {
          w[k] = cubic((low + k + 0.5 - centre) / widen);
          sum += w[k];
        }
        first[i] = offset + low;
        weights[i] = new float[w.length];
        for (int k = 0; k < w.length; k++) {
          weights[i][k] = (float) (w[k] / sum);
        }
      }
      return new Taps(first, weights);
    }

    /** Keys' cubic with a = -0.5. */
    private static double cubic(double t) {
      double x = Math.abs(t);
      if (x < 1) {
        return (1.5 * x - 2.5) * x * x + 1;
      }
      return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
    }
  }
}
