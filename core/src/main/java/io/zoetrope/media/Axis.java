package io.zoetrope.media;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * An axis of a plot: its range and the round numbers marked on it.
 *
 * @param low and {@code high}: the ends, {@code low < high}; above 0 if {@code log}
 */
record Axis(double low, double high, boolean log, List<Tick> ticks) {
  private static final int ABOUT = 6;

  record Tick(double value, String label) {}

  /** An axis that holds the given range; not finite (nothing to show) gives a default one. */
  static Axis of(double low, double high, boolean log) {
    if (!(low <= high)) {
      low = log ? 0.1 : 0;
      high = 1;
    }
    return log ? logarithmic(low, high) : linear(low, high);
  }

  private static Axis linear(double low, double high) {
    if (low == high) {
      double room = low == 0 ? 1 : Math.abs(low) * 0.1;
      low -= room;
      high += room;
    }
    double step = roundStep((high - low) / ABOUT);
    long first = (long) Math.floor(low / step + 1e-9);
    long last = (long) Math.ceil(high / step - 1e-9);
    List<Tick> ticks = new ArrayList<>();
    for (long i = first; i <= last; i++) {
      ticks.add(new Tick(i * step, label(i * step, step)));
    }
    return new Axis(first * step, last * step, false, List.copyOf(ticks));
  }

  /** 1, 2 or 5 times a power of ten. */
  private static double roundStep(double raw) {
    double power = Math.pow(10, Math.floor(Math.log10(raw)));
    double lead = raw / power;
    return (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10) * power;
  }

  private static Axis logarithmic(double low, double high) {
    double from = Math.floor(Math.log10(low) + 1e-9);
    double to = Math.ceil(Math.log10(high) - 1e-9);
    if (from >= to) {
      to = from + 1;
    }
    // Few decades: also mark 2 and 5, and cut the range to the marks around the data.
    boolean fine = to - from <= 3;
    int every = (int) Math.max(1, Math.ceil((to - from) / 10));
    List<Tick> all = new ArrayList<>();
    for (int e = (int) from; e <= to; e += every) {
      for (int lead : fine ? new int[] {1, 2, 5} : new int[] {1}) {
        double value = lead * Math.pow(10, e);
        if (value <= Math.pow(10, to) * 1.0001) {
          all.add(new Tick(value, label(value, value)));
        }
      }
    }
    double below = all.getFirst().value();
    double above = all.getLast().value();
    for (Tick t : all) {
      below = t.value() <= low ? t.value() : below;
    }
    for (Tick t : all.reversed()) {
      above = t.value() >= high ? t.value() : above;
    }
    if (below >= above || !fine) {
      below = Math.pow(10, from);
      above = Math.pow(10, to);
    }
    double lowest = below;
    double highest = above;
    return new Axis(
        lowest,
        highest,
        true,
        all.stream().filter(t -> t.value() >= lowest && t.value() <= highest).toList());
  }

  /** Enough digits to tell neighbouring marks apart, and no more. */
  private static String label(double value, double step) {
    double size = Math.max(Math.abs(value), step);
    if (size >= 1e7 || size < 1e-4) {
      return value == 0 ? "0" : String.format(Locale.ROOT, "%.3g", value);
    }
    int decimals = (int) Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    return BigDecimal.valueOf(value)
        .setScale(decimals, java.math.RoundingMode.HALF_EVEN)
        .toPlainString();
  }

  /** Where a value lies between the ends, 0 to 1. */
  double place(double value) {
    return log
        ? (Math.log(value) - Math.log(low)) / (Math.log(high) - Math.log(low))
        : (value - low) / (high - low);
  }
}
