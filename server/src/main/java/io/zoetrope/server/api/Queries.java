package io.zoetrope.server.api;

import io.javalin.http.Context;
import io.zoetrope.server.http.HttpError;
import java.util.Optional;

/** What stands behind the question mark. */
final class Queries {
  private Queries() {}

  /** A text; empty if it is not there, or blank. */
  static Optional<String> text(Context ctx, String name) {
    return Optional.ofNullable(ctx.queryParam(name)).filter(text -> !text.isBlank());
  }

  /** A whole number within bounds. */
  static Optional<Integer> whole(Context ctx, String name, int least, int most) {
    return text(ctx, name)
        .map(text -> {
          try {
            int value = Integer.parseInt(text);
            if (value >= least && value <= most) {
              return value;
            }
          } catch (NumberFormatException e) {
            // Said below.
          }
          throw HttpError.invalid(
              name,
              "%s is a whole number from %s to %s, not '%s'".formatted(name, least, most, text));
        });
  }
}
