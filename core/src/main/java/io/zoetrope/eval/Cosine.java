package io.zoetrope.eval;

/** How alike two points of a space of features are by their directions. */
public final class Cosine {
  private Cosine() {}

  /**
   * The cosine between two vectors of one length, -1 to 1; NaN if one of them is zero.
   *
   * @param a any numbers
   * @param b as many
   */
  public static double of(double[] a, double[] b) {
    double dot = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      dot += a[i] * b[i];
      aa += a[i] * a[i];
      bb += b[i] * b[i];
    }
    return dot / Math.sqrt(aa * bb);
  }
}
