package io.zoetrope.eval;

import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;

/**
 * Many numbers in a few. Those that are not numbers (NaN) are left out; of none, all figures are
 * NaN.
 *
 * @param mean their mean
 * @param error standard error of the mean: 95 % of the time the truth is within twice of it
 * @param median the middle one
 * @param least the least
 * @param most the most
 * @param n how many
 */
public record Spread(double mean, double error, double median, double least, double most, int n) {
  /** Of these numbers. */
  public static Spread of(Collection<Double> numbers) {
    double[] sorted =
        numbers.stream().mapToDouble(d -> d).filter(d -> !Double.isNaN(d)).sorted().toArray();
    int n = sorted.length;
    if (n == 0) {
      return new Spread(Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, 0);
    }
    double mean = Arrays.stream(sorted).sum() / n;
    double squares = Arrays.stream(sorted).map(d -> (d - mean) * (d - mean)).sum();
    double error = n > 1 ? Math.sqrt(squares / (n - 1) / n) : Double.NaN;
    double median = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    return new Spread(mean, error, median, sorted[0], sorted[n - 1], n);
  }

  /** {@code 31.20 +- 0.31 (28.10 to 33.90, 50)}; of a single number there is no error. */
  @Override
  public String toString() {
    return switch (n) {
      case 0 -> "none";
      case 1 -> digits(mean) + " (1)";
      default ->
          "%s +- %s (%s to %s, %s)"
              .formatted(digits(mean), digits(error), digits(least), digits(most), n);
    };
  }

  /** Four digits that count. */
  static String digits(double value) {
    if (value == 0 || !Double.isFinite(value)) {
      return String.valueOf(value);
    }
    int before = (int) Math.floor(Math.log10(Math.abs(value))) + 1;
    return String.format(Locale.ROOT, "%." + Math.clamp(4 - before, 0, 6) + "f", value);
  }
}
