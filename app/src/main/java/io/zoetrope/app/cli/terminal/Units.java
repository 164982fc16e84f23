package io.zoetrope.app.cli.terminal;

import java.util.Locale;

/** Numbers for people. */
public final class Units {
  private static final String[] BYTES = {"bytes", "KB", "MB", "GB", "TB"};
  private static final String[] COUNTS = {"", " K", " M", " G"};

  private Units() {}

  /** {@code 12.3 MB}; 1 KB is 1024 bytes. */
  public static String bytes(long n) {
    return scaled(n, 1024, BYTES, " ");
  }

  /** {@code 12.3 M}. */
  public static String count(long n) {
    return scaled(n, 1000, COUNTS, "");
  }

  private static String scaled(long n, int base, String[] units, String gap) {
    double value = n;
    int unit = 0;
    while (value >= base && unit < units.length - 1) {
      value /= base;
      unit++;
    }
    String number =
        unit == 0 || value >= 100
            ? String.format(Locale.ROOT, "%.0f", value)
            : String.format(Locale.ROOT, "%.1f", value);
    return number + gap + units[unit];
  }
}
