package io.zoetrope.server.http;

import io.javalin.security.RouteRole;
import java.util.Locale;
import java.util.Optional;

/** What a caller may do; each may also do what those before it may. A route asks for one. */
public enum Role implements RouteRole {
  /** What anybody may: log in, ask whether the server lives. */
  NOBODY,
  /** Look at jobs, videos and models. */
  READ,
  /** Order, change and delete. */
  MAKE,
  /** Pause the queue, and what else concerns all. */
  ADMIN;

  /** As tokens and answers have it: {@code read}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Of a token, by its {@link #text}; empty if there is none of that name. */
  public static Optional<Role> tryParse(String text) {
    for (Role role : values()) {
      if (role != NOBODY && role.text().equals(text)) {
        return Optional.of(role);
      }
    }
    return Optional.empty();
  }

  /** Whether it is enough for what asks for another. */
  public boolean covers(Role needed) {
    return compareTo(needed) >= 0;
  }
}
