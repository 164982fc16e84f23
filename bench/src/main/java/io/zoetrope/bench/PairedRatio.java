package io.zoetrope.bench;

import java.util.Arrays;

/**
 * How much longer one thing takes than another: the two run in turns, so that what else the machine
 * does falls on both alike, and each pair gives a ratio.
 *
 * @param median of the ratios
 * @param low lower end of a 95 % confidence interval of the median
 * @param high upper end
 * @param pairs how many
 */
record PairedRatio(double median, double low, double high, int pairs) {

  /** Runs {@code pairs} pairs after two to warm up; who goes first changes from pair to pair. */
  static PairedRatio of(int pairs, Runnable numerator, Runnable denominator) {
    double[] ratios = new double[pairs];
    for (int i = -2; i < pairs; i++) {
      double n;
      double d;
      if (i % 2 == 0) {
        n = Timing.once(numerator);
        d = Timing.once(denominator);
      } else {
        d = Timing.once(denominator);
        n = Timing.once(numerator);
      }
      if (i >= 0) {
        ratios[i] = n / d;
      }
    }
    return ofRatios(ratios);
  }

  /**
   * The interval is that of the sign test: ranks {@code n/2 -+ 0.98 sqrt(n)}, whatever the
   * distribution of the ratios.
   */
  static PairedRatio ofRatios(double[] ratios) {
    double[] sorted = ratios.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    double spread = 0.98 * Math.sqrt(n);
    int low = (int) Math.clamp(Math.floor(n / 2.0 - spread) - 1, 0, n - 1);
    int high = (int) Math.clamp(Math.ceil(n / 2.0 + spread), 0, n - 1);
    return new PairedRatio(Timing.quantile(sorted, 0.5), sorted[low], sorted[high], n);
  }
}
