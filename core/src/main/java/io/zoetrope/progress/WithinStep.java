package io.zoetrope.progress;

import java.util.concurrent.CancellationException;
import java.util.function.Supplier;

/**
 * How a unit of work that takes long, as a step of sampling a large video does, is stopped before
 * its end: whoever runs it says whom to ask, and the layers of whatever network it runs ask.
 */
public final class WithinStep {
  /** Nanoseconds from one question to the next: soon enough for people, and no cost. */
  private static final long PAUSE = 50_000_000;

  private static final ScopedValue<WithinStep> CURRENT = ScopedValue.newInstance();

  private final Progress progress;
  private final long done;
  private final long total;
  private long asked = System.nanoTime();

  private WithinStep(Progress progress, long done, long total) {
    this.progress = progress;
    this.done = done;
    this.total = total;
  }

  /**
   * Runs one unit of work, which {@code progress} may stop.
   *
   * @param done units before it
   * @param total units in all
   * @throws CancellationException if it was stopped; what it had begun is lost
   */
  public static <T> T run(Progress progress, long done, long total, Supplier<T> unit) {
    return ScopedValue.where(CURRENT, new WithinStep(progress, done, total)).call(unit::get);
  }

  /**
   * What layers call before something that takes a while. Does nothing where nobody is to be asked,
   * and asks no more than twenty times a second.
   *
   * @throws CancellationException if the unit of work that this belongs to was stopped
   */
  public static void requireGoing() {
    if (CURRENT.isBound()) {
      CURRENT.get().ask();
    }
  }

  /** Whether there is somebody to ask. */
  public static boolean watched() {
    return CURRENT.isBound();
  }

  private void ask() {
    long now = System.nanoTime();
    if (now - asked >= PAUSE) {
      asked = now;
      progress.requireGoing(done, total);
    }
  }
}
