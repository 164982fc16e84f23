package io.zoetrope.media;

/**
 * How a stored picture must be turned or flipped to be seen upright: where the stored axes point in
 * the shown picture, each -1, 0 or 1. Of a display matrix {@code (a b u, c d v, x y w)} a stored
 * point (p, q) is shown at {@code (a p + c q, b p + d q)} (ISO 14496-12, 8.3.2).
 */
record Orientation(int a, int b, int c, int d) {
  static final Orientation UPRIGHT = new Orientation(1, 0, 0, 1);

  /** Of the nine numbers of a display matrix; anything but quarter turns and flips is ignored. */
  static Orientation of(int[] matrix) {
    Orientation o =
        new Orientation(
            Integer.signum(matrix[0]),
            Integer.signum(matrix[1]),
            Integer.signum(matrix[3]),
            Integer.signum(matrix[4]));
    boolean straight = o.a != 0 && o.d != 0 && o.b == 0 && o.c == 0;
    boolean quarter = o.a == 0 && o.d == 0 && o.b != 0 && o.c != 0;
    return straight || quarter ? o : UPRIGHT;
  }

  boolean swapsSides() {
    return a == 0;
  }

  Frame apply(Frame stored) {
    if (equals(UPRIGHT)) {
      return stored;
    }
    int w = stored.width();
    int h = stored.height();
    int shownWidth = swapsSides() ? h : w;
    int shownHeight = swapsSides() ? w : h;
    // A negative coefficient makes an axis run backwards from the far edge.
    int x0 = a < 0 || c < 0 ? shownWidth - 1 : 0;
    int y0 = b < 0 || d < 0 ? shownHeight - 1 : 0;
    byte[] from = stored.rgb();
    byte[] to = new byte[from.length];
    for (int q = 0; q < h; q++) {
      for (int p = 0; p < w; p++) {
        int x = x0 + a * p + c * q;
        int y = y0 + b * p + d * q;
        System.arraycopy(from, (q * w + p) * 3, to, (y * shownWidth + x) * 3, 3);
      }
    }
    return new Frame(shownWidth, shownHeight, to);
  }
}
