package io.zoetrope.pipeline.order;

import io.zoetrope.torch.Fault;
import io.zoetrope.torch.UserError;

/** What numbers of an order may be; messages begin with the name of the component. */
final class Checks {
  private Checks() {}

  /** What is wrong with an order by itself, whatever files and models there are. */
  static UserError wrong(String message) {
    return new UserError(Fault.ORDER, message);
  }

  static UserError wrong(String message, Throwable from) {
    return new UserError(Fault.ORDER, message, from);
  }

  static void whole(String name, int least, int most, int value) {
    if (value < least || value > most) {
      throw wrong("%s must be %d to %d, is %d".formatted(name, least, most, value));
    }
  }

  /** Not a number is not in any range. */
  static void real(String name, double least, double most, double value) {
    if (!(value >= least && value <= most)) {
      throw wrong("%s must be %s to %s, is %s".formatted(name, least, most, value));
    }
  }

  static void named(String name, String value) {
    if (value.isBlank() || value.indexOf('\0') >= 0) {
      throw wrong(name + " is empty: name one");
    }
  }
}
