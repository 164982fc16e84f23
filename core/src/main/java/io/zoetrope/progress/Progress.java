package io.zoetrope.progress;

import java.util.concurrent.CancellationException;
import java.util.function.UnaryOperator;

/**
 * Where anything long reports to, and how it is stopped. Called on the working thread, one call at
 * a time; what reports from several threads says so.
 */
@FunctionalInterface
public interface Progress {
  /** Reports to nobody and never cancels. */
  Progress NONE = report -> {};

  /**
   * Called after each unit of work: a step, a frame, a stretch of frames, a block of bytes; within
   * a long one also, with no more done than before.
   */
  void update(Report report);

  /** As {@link #update(Report)}, for so many of so many, and a few words. */
  default void update(Phase phase, long done, long total, String words) {
    update(Report.of(phase, done, total).words(words));
  }

  /**
   * Something a person may want to know of how the work is done; the same line may come again, and
   * is to be shown once.
   */
  default void note(String line) {}

  /**
   * Asked between units; true stops the work with a {@link CancellationException}, unless that says
   * that it ends in another way.
   */
  default boolean cancelled() {
    return false;
  }

  /**
   * What work calls between two units.
   *
   * @throws CancellationException if it is cancelled
   */
  default void requireGoing(long done, long total) {
    if (cancelled()) {
      throw new CancellationException("cancelled after " + done + " of " + total);
    }
  }

  /** This with every report changed before it is told; cancelled where this is. */
  default Progress map(UnaryOperator<Report> change) {
    Progress outer = this;
    return new Progress() {
      @Override
      public void update(Report report) {
        outer.update(change.apply(report));
      }

      @Override
      public void note(String line) {
        outer.note(line);
      }

      @Override
      public boolean cancelled() {
        return outer.cancelled();
      }
    };
  }

  /**
   * For one of several runs that count as one: what it reports of a phase comes on top of what was
   * done before, and however it counts, its whole is its share; what it reports of other phases
   * stays.
   *
   * @param before units of the phase done by earlier runs
   * @param own units of this run
   * @param total units of all runs together, which is known from the start
   */
  default Progress part(Phase phase, long before, long own, long total) {
    return map(r -> r.phase() == phase ? r.count(before + r.share(own), total) : r);
  }

  /** Reports to nobody, cancelled where this is. */
  default Progress silent() {
    Progress outer = this;
    return new Progress() {
      @Override
      public void update(Report report) {}

      @Override
      public boolean cancelled() {
        return outer.cancelled();
      }
    };
  }
}
