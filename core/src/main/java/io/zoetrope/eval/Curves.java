package io.zoetrope.eval;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.Arrays;
import java.util.List;

/**
 * Measurements as named curves over one axis, for whoever draws them.
 *
 * @param title of the whole
 * @param xLabel what the curves go over
 * @param yLabel what they measure
 * @param series at least one; points that are not finite, or not above 0 on a logarithmic axis, are
 *     gaps
 * @param logY whether the vertical axis is logarithmic
 */
public record Curves(
    String title, String xLabel, String yLabel, List<Series> series, boolean logY) {

  /**
   * One curve.
   *
   * @param x and {@code y}: equally many numbers; copied
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Series(String name, double[] x, double[] y) {
    public Series {
      if (x.length != y.length) {
        throw new IllegalArgumentException(
            "curve '%s' has %s x and %s y".formatted(name, x.length, y.length));
      }
      x = x.clone();
      y = y.clone();
    }

    /** Of values at 0, 1, 2, ... */
    public static Series of(String name, double... y) {
      double[] x = new double[y.length];
      Arrays.setAll(x, i -> i);
      return new Series(name, x, y);
    }
  }

  public Curves {
    series = List.copyOf(series);
    if (series.isEmpty()) {
      throw new UserError(Fault.INVALID, "a plot needs at least one curve");
    }
  }

  /** Whether a point can be drawn: finite, and above 0 on a logarithmic axis. */
  public boolean drawable(double x, double y) {
    return Double.isFinite(x) && Double.isFinite(y) && (!logY || y > 0);
  }
}
