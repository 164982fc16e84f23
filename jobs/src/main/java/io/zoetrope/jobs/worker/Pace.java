package io.zoetrope.jobs.worker;

import java.util.OptionalDouble;

/** How long frames take from their latents to the file, as it was the last time. For one thread. */
final class Pace {
  private OptionalDouble nanosEach = OptionalDouble.empty();

  /** So many pixels, of all frames, took so long. */
  void learn(long pixels, long nanos) {
    if (pixels > 0 && nanos > 0) {
      nanosEach = OptionalDouble.of((double) nanos / pixels);
    }
  }

  /** Seconds that so many pixels will take; 0 where that is not known yet. */
  double seconds(long pixels) {
    return nanosEach.orElse(0) * pixels / 1e9;
  }
}
