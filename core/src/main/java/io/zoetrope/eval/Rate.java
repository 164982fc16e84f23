package io.zoetrope.eval;

import java.util.Collection;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * So many right of so many.
 *
 * @param right 0 to {@code of}
 * @param of how many were looked at
 */
public record Rate(int right, int of) {
  /** Of the normal distribution, for 95 %. */
  private static final double Z = 1.959963985;

  /** How many of these are right. */
  public static <T> Rate of(Collection<T> all, Predicate<T> right) {
    return new Rate((int) all.stream().filter(right).count(), all.size());
  }

  /** All of these together. */
  public static Rate sum(Collection<Rate> all) {
    return new Rate(
        all.stream().mapToInt(Rate::right).sum(), all.stream().mapToInt(Rate::of).sum());
  }

  /** The share that is right, 0 to 1; NaN of none. */
  public double value() {
    return (double) right / of;
  }

  /** The lower end of Wilson's 95 % interval (Wilson 1927). */
  public double low() {
    return wilson(-1);
  }

  /** The upper end of Wilson's 95 % interval. */
  public double high() {
    return wilson(1);
  }

  private double wilson(int sign) {
    double n = of;
    double p = value();
    double middle = p + Z * Z / (2 * n);
    double reach = Z * Math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n));
    return Math.clamp((middle + sign * reach) / (1 + Z * Z / n), 0, 1);
  }

  /** {@code 97.5 % (94.3 to 98.9, 195 of 200)}. */
  @Override
  public String toString() {
    return of == 0
        ? "none"
        : String.format(
            Locale.ROOT,
            "%.1f %% (%.1f to %.1f, %d of %d)",
            100 * value(),
            100 * low(),
            100 * high(),
            right,
            of);
  }
}
