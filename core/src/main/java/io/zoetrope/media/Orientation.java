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

  /**
   * Of the number in EXIF data (CIPA DC-008, 4.6.4 A): 1 upright, 3 upside down, 6 and 8 a quarter
   * turn clockwise and back, the others mirrored too; any other number is ignored.
   */
  static Orientation ofExif(int number) {
    return switch (number) {
      case 2 -> new Orientation(-1, 0, 0, 1);
      case 3 -> new Orientation(-1, 0, 0, -1);
      case 4 -> new Orientation(1, 0, 0, -1);
      case 5 -> new Orientation(0, 1, 1, 0);
      case 6 -> new Orientation(0, 1, -1, 0);
      case 7 -> new Orientation(0, -1, -1, 0);
      case 8 -> new Orientation(0, -1, 1, 0);
      default -> UPRIGHT;
    };
  }

  boolean swapsSides() {
    return a == 0;
  }
}
