package io.zoetrope.checkpoint.hub;

import java.time.Duration;

/**
 * How long to wait for a server, and how often to ask again.
 *
 * @param connect until a connection stands
 * @param answer until the first line of an answer
 * @param stall without a byte of a file
 * @param window over which speed is measured
 * @param slowest bytes in a window; less is taken as a broken connection
 * @param attempts in a row without anything gained
 * @param first wait before asking again; it doubles each time
 * @param longest wait that a server may ask for
 */
record Patience(
    Duration connect,
    Duration answer,
    Duration stall,
    Duration window,
    long slowest,
    int attempts,
    Duration first,
    Duration longest) {
  static final Patience DEFAULT =
      new Patience(
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          Duration.ofSeconds(30),
          Duration.ofSeconds(60),
          16 << 10,
          6,
          Duration.ofMillis(500),
          Duration.ofMinutes(5));

  private static final int DOUBLINGS = 6;

  /** How long to wait after so many failures in a row, the first being 1. */
  Duration wait(int failures) {
    return first.multipliedBy(1L << Math.min(DOUBLINGS, failures - 1));
  }
}
