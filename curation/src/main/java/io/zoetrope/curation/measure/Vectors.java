package io.zoetrope.curation.measure;

/** What is computed of vectors that networks say. */
final class Vectors {
  private Vectors() {}

  /** The cosine between two of one length. */
  static double cosine(double[] a, double[] b) {
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
