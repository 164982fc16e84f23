package io.zoetrope.studio;

import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Report;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * How far one phase of the work is. A video goes through {@link Phase#LOAD}, {@link Phase#READ} and
 * {@link Phase#ENCODE} where there is something to load or read, {@link Phase#SAMPLE}, {@link
 * Phase#DECODE} and {@link Phase#WRITE}; through some of them more than once. For the thread that
 * is told.
 */
public final class Update {
  private final Phase phase;
  private final long done;
  private final long total;
  private boolean cancelled;

  private Update(Phase phase, long done, long total) {
    this.phase = phase;
    this.done = done;
    this.total = total;
  }

  /**
   * So many of so many: for tests of a {@link Watcher}.
   *
   * @param done 0 or more
   * @param total 0 or more
   */
  public static Update of(Phase phase, long done, long total) {
    return new Update(phase, done, total);
  }

  /** What is being done. */
  public Phase phase() {
    return phase;
  }

  /** Units of the phase that are finished: bytes, steps or frames, as {@link Phase} says. */
  public long done() {
    return done;
  }

  /** Units of the phase in all. */
  public long total() {
    return total;
  }

  /** How much of the phase is done, 0 to 1; empty where the work ends only when it is stopped. */
  public OptionalDouble fraction() {
    return total >= Report.ENDLESS
        ? OptionalDouble.empty()
        : OptionalDouble.of(total == 0 ? 1 : Math.min(1, done / (double) total));
  }

  /**
   * Stops the work at its next unit: the call that does it throws {@link
   * java.util.concurrent.CancellationException}. Nothing is left of its file; the model stays.
   */
  public void cancel() {
    cancelled = true;
  }

  /** Whether {@link #cancel} was called. */
  public boolean cancelled() {
    return cancelled;
  }

  /** As in {@code sampling 3/16}. */
  @Override
  public String toString() {
    return total >= Report.ENDLESS
        ? String.format(Locale.ROOT, "%s %d", phase.doing(), done)
        : String.format(Locale.ROOT, "%s %d/%d", phase.doing(), done, total);
  }
}
