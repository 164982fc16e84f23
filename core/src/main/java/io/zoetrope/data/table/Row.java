package io.zoetrope.data.table;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * A row of a table. A cell that is null counts as one that is not there.
 *
 * @param where file and number of the row, for messages
 * @param cells texts and numbers by the names of their columns
 */
public record Row(String where, Map<String, Object> cells) {
  public Row {
    cells = Map.copyOf(cells);
  }

  /** A text; empty if there is none. */
  public Optional<String> text(String column) {
    return Optional.ofNullable(cells.get(column)).map(String::valueOf);
  }

  /**
   * A text that must be there.
   *
   * @throws UserError if it is not
   */
  public String needText(String column) {
    return text(column).orElseThrow(() -> missing(column));
  }

  /**
   * A whole number; empty if there is none.
   *
   * @throws UserError if it is none
   */
  public OptionalLong whole(String column) {
    if (!cells.containsKey(column)) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(number(column).longValueExact());
    } catch (ArithmeticException e) {
      throw wrong(column, "is no whole number");
    }
  }

  /**
   * A whole number that must be there.
   *
   * @param least that it may be; it may be as much as an int
   * @throws UserError if it is not, or is no such number
   */
  public int needInt(String column, int least) {
    long value = whole(column).orElseThrow(() -> missing(column));
    if (value < least || value > Integer.MAX_VALUE) {
      throw wrong(column, "must be %s or more".formatted(least));
    }
    return (int) value;
  }

  /**
   * A number; empty if there is none.
   *
   * @throws UserError if it is none
   */
  public OptionalDouble real(String column) {
    return cells.containsKey(column)
        ? OptionalDouble.of(number(column).doubleValue())
        : OptionalDouble.empty();
  }

  /**
   * A number that must be there.
   *
   * @throws UserError if it is not
   */
  public double needReal(String column) {
    return real(column).orElseThrow(() -> missing(column));
  }

  private BigDecimal number(String column) {
    try {
      return new BigDecimal(String.valueOf(cells.get(column)));
    } catch (NumberFormatException e) {
      throw wrong(column, "is no number");
    }
  }

  private UserError wrong(String column, String how) {
    String text = String.valueOf(cells.get(column));
    String shown = text.length() > 60 ? text.substring(0, 57) + "..." : text;
    return new UserError(
        Fault.INVALID,
        "%s: %s %s, is '%s'".formatted(where, column, how, shown.replaceAll("\\p{C}", "?")));
  }

  private UserError missing(String column) {
    return new UserError(Fault.DAMAGED, "%s has no %s".formatted(where, column));
  }
}
