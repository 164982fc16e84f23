package io.zoetrope.curation.choose;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a clip's measure has to be: {@code motion>=0.5}, or against a quantile of the sample: {@code
 * motion>=25%} leaves out the lowest quarter, {@code text<=75%} the highest.
 *
 * @param measure its name
 * @param least whether the limit is the least that will do; else it is the most
 * @param limit a value, or a share of 0 to 1
 * @param quantile whether it is a share
 */
public record Bound(String measure, boolean least, double limit, boolean quantile) {
  private static final Pattern FORM =
      Pattern.compile("\\s*([a-z][a-z0-9-]*)\\s*(>=|<=)\\s*([0-9.eE+-]+)\\s*(%?)\\s*");

  /**
   * As somebody types it.
   *
   * @throws UserError if it is none
   */
  public static Bound of(String text) {
    Matcher m = FORM.matcher(text);
    if (m.matches()) {
      try {
        double number = Double.parseDouble(m.group(3));
        boolean quantile = !m.group(4).isEmpty();
        if (Double.isFinite(number) && (!quantile || number >= 0 && number <= 100)) {
          return new Bound(
              m.group(1), m.group(2).equals(">="), quantile ? number / 100 : number, quantile);
        }
      } catch (NumberFormatException e) {
        // Told below, with all else that is no bound.
      }
    }
    throw new UserError(
        Fault.INVALID,
        "'%s' is no bound".formatted(text),
        "write MEASURE>=NUMBER or MEASURE<=NUMBER, with % behind it for a quantile");
  }

  /**
   * The value that it comes to.
   *
   * @param sample what the measure says of the sample's clips
   * @return empty if there is nothing to go by
   */
  public Optional<Double> value(double[] sample) {
    if (!quantile) {
      return Optional.of(limit);
    }
    if (sample.length == 0) {
      return Optional.empty();
    }
    double[] sorted = sample.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    int at = least ? (int) (limit * n + 1e-9) : (int) Math.ceil(limit * n - 1e-9) - 1;
    return Optional.of(sorted[Math.clamp(at, 0, n - 1)]);
  }

  /** Whether a clip stays; what was not measured is not judged. */
  public boolean keeps(Optional<Double> measured, double value) {
    return measured.isEmpty() || (least ? measured.get() >= value : measured.get() <= value);
  }

  /** As it is typed. */
  @Override
  public String toString() {
    double shown = quantile ? Math.rint(limit * 1e6) / 1e4 : limit;
    String number =
        shown == Math.rint(shown) && Math.abs(shown) < 1e9
            ? String.valueOf((long) shown)
            : String.valueOf(shown);
    return measure + (least ? ">=" : "<=") + number + (quantile ? "%" : "");
  }
}
