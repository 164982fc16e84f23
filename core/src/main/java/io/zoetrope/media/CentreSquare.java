package io.zoetrope.media;

/**
 * The middle square of a picture at a size, as encoders of pictures were trained on it: the shorter
 * side is scaled to it, then equal parts of the longer are cut off. The same to the last bit as
 * Pillow's bicubic scaling: a cubic filter (Keys 1981, a = -0.5), widened where it scales down, in
 * whole numbers, across and then down, rounded to 8 bits after each.
 */
public final class CentreSquare {
  private static final int BITS = 22;

  private CentreSquare() {}

  /**
   * The square of a frame.
   *
   * @param side pixels of the result each way, at least 1
   */
  public static Frame of(Frame frame, int side) {
    int w = frame.width();
    int h = frame.height();
    int width = w <= h ? side : (int) ((long) side * w / h);
    int height = w <= h ? (int) ((long) side * h / w) : side;
    byte[] across = w == width ? frame.rgb() : along(frame.rgb(), h, w, width, 3);
    byte[] down = h == height ? across : along(across, 1, h, height, width * 3);
    byte[] out = new byte[side * side * 3];
    int left = (width - side) / 2;
    int top = (height - side) / 2;
    for (int y = 0; y < side; y++) {
      System.arraycopy(down, ((top + y) * width + left) * 3, out, y * side * 3, side * 3);
    }
    return new Frame(side, side, out);
  }

  /**
   * Scales one axis.
   *
   * @param outer how often the axis is there
   * @param from its length before
   * @param to and after
   * @param inner bytes of one step along it
   */
  private static byte[] along(byte[] in, int outer, int from, int to, int inner) {
    byte[] out = new byte[outer * to * inner];
    double scale = (double) from / to;
    double support = 2 * Math.max(scale, 1);
    for (int i = 0; i < to; i++) {
      double centre = (i + 0.5) * scale;
      int low = Math.max(0, (int) (centre - support + 0.5));
      int high = Math.min(from, (int) (centre + support + 0.5));
      int[] weights = weights(low, high, centre, Math.max(scale, 1));
      for (int o = 0; o < outer; o++) {
        for (int c = 0; c < inner; c++) {
          int sum = 1 << (BITS - 1);
          for (int k = 0; k < weights.length; k++) {
            sum += weights[k] * (in[(o * from + low + k) * inner + c] & 0xff);
          }
          out[(o * to + i) * inner + c] = (byte) Math.clamp(sum >> BITS, 0, 255);
        }
      }
    }
    return out;
  }

  private static int[] weights(int low, int high, double centre, double widen) {
    double[] w = new double[high - low];
    double sum = 0;
    for (int k = 0; k < w.length; k++) {
      w[k] = cubic((low + k - centre + 0.5) / widen);
      sum += w[k];
    }
    int[] whole = new int[w.length];
    for (int k = 0; k < w.length; k++) {
      double part = w[k] / sum * (1 << BITS);
      whole[k] = (int) (part < 0 ? part - 0.5 : part + 0.5);
    }
    return whole;
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
