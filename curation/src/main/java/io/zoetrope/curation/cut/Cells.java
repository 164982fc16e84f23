package io.zoetrope.curation.cut;

import java.util.Arrays;

/** Sums over some of the cells of signatures. */
final class Cells {
  /** Of the cells, those that fit a blend best: the others move. */
  private static final double FIT = 0.85;

  private Cells() {}

  /**
   * What a frame between two is.
   *
   * @param share how much of the second there is in it
   * @param off how far it lies from that blend, of the way between the two
   */
  record Blend(double share, double off) {}

  /** Of one cell, 0 to 765. */
  static int difference(Signature a, Signature b, int cell) {
    int sum = 0;
    for (int i = 3 * cell; i < 3 * cell + 3; i++) {
      sum += Math.abs((a.cells()[i] & 255) - (b.cells()[i] & 255));
    }
    return sum;
  }

  /** The mean over cells, 0 to 1. */
  static double change(Signature a, Signature b, boolean[] of) {
    long sum = 0;
    int count = 0;
    for (int c = 0; c < of.length; c++) {
      if (of[c]) {
        sum += difference(a, b, c);
        count++;
      }
    }
    return sum / (765.0 * Math.max(1, count));
  }

  /** As {@link Signature#spread}. */
  static double spread(Signature a, Signature b, boolean[] of) {
    double sum = 0;
    double squares = 0;
    int count = 0;
    for (int c = 0; c < of.length; c++) {
      if (of[c]) {
        double d = difference(a, b, c);
        sum += d;
        squares += d * d;
        count++;
      }
    }
    return squares == 0 ? 0 : sum * sum / (count * squares);
  }

  static Blend blend(Signature a, Signature b, Signature x, boolean[] of) {
    double share = share(a, b, x, of);
    double[] off = new double[of.length];
    double[] way = new double[of.length];
    for (int c = 0; c < of.length; c++) {
      off[c] = of[c] ? 0 : Double.POSITIVE_INFINITY;
      for (int i = 3 * c; of[c] && i < 3 * c + 3; i++) {
        double d = (b.cells()[i] & 255) - (a.cells()[i] & 255);
        double r = (x.cells()[i] & 255) - (a.cells()[i] & 255) - share * d;
        off[c] += r * r;
        way[c] += d * d;
      }
    }
    double[] sorted = off.clone();
    Arrays.sort(sorted);
    int count = (int) Arrays.stream(off).filter(Double::isFinite).count();
    double most = sorted[Math.max(0, (int) (FIT * count) - 1)];
    double sum = 0;
    double whole = 0;
    for (int c = 0; c < of.length; c++) {
      if (off[c] <= most) {
        sum += off[c];
        whole += way[c];
      }
    }
    return new Blend(share, whole == 0 ? 1 : Math.sqrt(sum / whole));
  }

  private static double share(Signature a, Signature b, Signature x, boolean[] of) {
    double along = 0;
    double whole = 0;
    for (int c = 0; c < of.length; c++) {
      for (int i = 3 * c; of[c] && i < 3 * c + 3; i++) {
        int d = (b.cells()[i] & 255) - (a.cells()[i] & 255);
        along += d * (double) ((x.cells()[i] & 255) - (a.cells()[i] & 255));
        whole += d * (double) d;
      }
    }
    return whole == 0 ? 0 : along / whole;
  }
}
