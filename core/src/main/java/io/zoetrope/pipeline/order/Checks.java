package io.zoetrope.pipeline.order;

import io.zoetrope.diffusion.Course;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.record.Limits;

/** What numbers of an order may be; messages begin with the name of the component. */
final class Checks {
  private static final Limits LIMITS = new Limits(Fault.ORDER);

  private Checks() {}

  /** What is wrong with an order by itself, whatever files and models there are. */
  static UserError wrong(String message) {
    return new UserError(Fault.ORDER, message);
  }

  static UserError wrong(String message, Throwable from) {
    return new UserError(Fault.ORDER, message, from);
  }

  static void whole(String name, int least, int most, int value) {
    LIMITS.whole(name, least, most, value);
  }

  static void real(String name, double least, double most, double value) {
    LIMITS.real(name, least, most, value);
  }

  /** A course says something where there is noise to come down from, and no plan that says it. */
  static void course(Course course, double noise, boolean drawn) {
    if (course != Course.WAIT && (noise == 0 || drawn)) {
      throw wrong(
          drawn
              ? "course is said by the plan: leave it out"
              : "course is how noise comes down, and there is none: give noise, or leave it out");
    }
  }

  static void named(String name, String value) {
    if (value.isBlank() || value.indexOf('\0') >= 0) {
      throw wrong(name + " is empty: name one");
    }
  }
}
