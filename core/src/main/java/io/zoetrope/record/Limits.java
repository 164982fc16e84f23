package io.zoetrope.record;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;

/**
 * What numbers of a record may be; messages begin with the name of the component.
 *
 * @param fault of a number that is beyond
 */
public record Limits(Fault fault) {
  /** Of records that are read from files. */
  public static final Limits USUAL = new Limits(Fault.INVALID);

  /**
   * Requires a whole number from {@code least} to {@code most}.
   *
   * @throws UserError if it is another
   */
  public void whole(String name, int least, int most, int value) {
    if (value < least || value > most) {
      throw beyond("%s must be %s to %s, is %s".formatted(name, least, most, value));
    }
  }

  /**
   * Requires a number from {@code least} to {@code most}; what is not a number is in no range.
   *
   * @throws UserError if it is another
   */
  public void real(String name, double least, double most, double value) {
    if (!(value >= least && value <= most)) {
      throw beyond("%s must be %s to %s, is %s".formatted(name, plain(least), plain(most), value));
    }
  }

  /**
   * Requires a number of 0 or more.
   *
   * @throws UserError if it is another, or infinite
   */
  public void notNegative(String name, double value) {
    if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
      throw beyond("%s must be 0 or more, is %s".formatted(name, value));
    }
  }

  private UserError beyond(String message) {
    return new UserError(fault, message);
  }

  /** 0.1, and 240 rather than 240.0. */
  private static String plain(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
