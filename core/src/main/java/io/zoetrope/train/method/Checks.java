package io.zoetrope.train.method;

import io.zoetrope.torch.UserError;

/** What is asked of the numbers of blocks. */
final class Checks {
  private Checks() {}

  static void weight(String name, double value) {
    if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
      throw new UserError("%s must be 0 or more, is %s".formatted(name, value));
    }
  }

  static void probability(String name, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new UserError("%s must be 0 to 1, is %s".formatted(name, value));
    }
  }
}
