package io.zoetrope.checkpoint.hub;

import java.io.IOException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/** A server that says: not now. */
final class Busy extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient Optional<Duration> after;

  private Busy(String message, Optional<Duration> after) {
    super(message);
    this.after = after;
  }

  static Busy of(int status, Optional<String> retryAfter) {
    String why =
        status == 429
            ? "the server has had too many requests (429)"
            : "the server answers " + status;
    return new Busy(why, retryAfter.flatMap(Busy::parse));
  }

  /** How long the server wants to be left alone, if it says. */
  Optional<Duration> after() {
    return after;
  }

  /** Whether a status says so. */
  static boolean isBusy(int status) {
    return switch (status) {
      case 408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524 -> true;
      default -> false;
    };
  }

  /** {@code Retry-After}: seconds, or a date (RFC 9110, 10.2.3). */
  private static Optional<Duration> parse(String text) {
    String stripped = text.strip();
    try {
      if (stripped.matches("\\d{1,9}")) {
        return Optional.of(Duration.ofSeconds(Long.parseLong(stripped)));
      }
      Duration until =
          Duration.between(
              ZonedDateTime.now(java.time.ZoneOffset.UTC),
              ZonedDateTime.parse(stripped, DateTimeFormatter.RFC_1123_DATE_TIME));
      return Optional.of(until.isNegative() ? Duration.ZERO : until);
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
