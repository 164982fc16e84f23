package io.zoetrope.bench;

import io.zoetrope.torch.Scopes;
import java.util.Arrays;

/**
 * Seconds of some runs of the same thing by the {@link Clock}, sorted. The best run says what the
 * code can do, the median what the machine let it do: on a quiet machine they are close.
 */
final class Timing {
  private final double[] seconds;

  Timing(double[] seconds) {
    this.seconds = seconds.clone();
    Arrays.sort(this.seconds);
  }

  double best() {
    return seconds[0];
  }

  double median() {
    return quantile(seconds, 0.5);
  }

  int runs() {
    return seconds.length;
  }

  /**
   * Runs the body, each time in a scope of its own: twice to warm up, then until the budget is
   * spent.
   *
   * @param least runs to make however long they take
   * @param budget seconds
   */
  static Timing of(int least, double budget, Runnable body) {
    once(body);
    double guess = once(body);
    int runs = (int) Math.clamp(budget / guess, least, 1000);
    double[] seconds = new double[runs];
    for (int i = 0; i < runs; i++) {
      seconds[i] = once(body);
    }
    return new Timing(seconds);
  }

  /** Seconds of one run in a scope of its own. */
  static double once(Runnable body) {
    double start = Clock.seconds();
    Scopes.run(body);
    return Clock.seconds() - start;
  }

  /** By linear interpolation in sorted values. */
  static double quantile(double[] sorted, double q) {
    double at = q * (sorted.length - 1);
    int low = (int) at;
    int high = Math.min(low + 1, sorted.length - 1);
    return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
  }
}
