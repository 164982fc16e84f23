package io.zoetrope.app.cli;

import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Progress for people: a bar if stderr is a terminal, else a line every few seconds, or nothing if
 * they want quiet. Also how work in steps learns that it is cancelled.
 */
public final class StepProgress implements Progress, AutoCloseable {
  private static final long NANOS_BETWEEN_LINES = 5_000_000_000L;

  private final String task;
  private final long first;
  private final PrintStream err;
  private final boolean bar;
  private final boolean lines;
  private final int columns;
  private final Cancellation cancellation;
  private final Cancellation.Stretch stretch;
  private final long start = System.nanoTime();
  private Optional<ProgressBar> shown = Optional.empty();
  private long lastLine = start;

  /**
   * Begins.
   *
   * @param task one or two words, for instance {@code sampling}
   */
  public StepProgress(Session session, OutputOptions output, String task) {
    this(session, output, task, 0);
  }

  /** As {@link #StepProgress(Session, OutputOptions, String)} for work of which some is done. */
  public StepProgress(Session session, OutputOptions output, String task, long first) {
    this.task = task;
    this.first = first;
    this.err = session.console().err();
    this.bar = !output.quiet() && session.console().terminal();
    this.lines = !output.quiet() && !session.console().terminal();
    this.columns = session.console().columns();
    this.cancellation = session.cancellation();
    this.stretch = cancellation.stretch();
  }

  /** This, and after each step something else too. */
  public Progress then(Step more) {
    StepProgress outer = this;
    return new Progress() {
      @Override
      public void update(Report report) {
        outer.update(report);
        more.done(report);
      }

      @Override
      public boolean cancelled() {
        return outer.cancelled();
      }
    };
  }

  /** Told of a step. */
  @FunctionalInterface
  public interface Step {
    void done(Report report);
  }

  @Override
  public void update(Report report) {
    update(report.done(), report.total(), report.words());
  }

  /** As the interface, without a preview. */
  public void update(long done, long total) {
    update(done, total, "");
  }

  /** As the interface, with a few words more, for instance the loss. */
  public void update(long done, long total, String words) {
    if (bar) {
      show(total).stepTo(done).setExtraMessage(words);
    } else if (lines && (System.nanoTime() - lastLine > NANOS_BETWEEN_LINES)) {
      lastLine = System.nanoTime();
      double seconds = (lastLine - start) / 1e9;
      if (total >= Report.ENDLESS) {
        err.printf("%s %d%s, %.0f s%n", task, done, words.isEmpty() ? "" : ", " + words, seconds);
        return;
      }
      err.printf(
          "%s %d/%d%s, %.0f s, about %.0f s to go%n",
          task,
          done,
          total,
          words.isEmpty() ? "" : ", " + words,
          seconds,
          seconds / Math.max(1, done - first) * (total - done));
    }
  }

  private ProgressBar show(long total) {
    if (shown.isEmpty()) {
      ProgressBar made =
          new ProgressBarBuilder()
              .setTaskName(task)
              .setInitialMax(total >= Report.ENDLESS ? -1 : total)
              .startsFrom(first, Duration.ZERO)
              .setStyle(ProgressBarStyle.COLORFUL_UNICODE_BLOCK)
              .setUpdateIntervalMillis(200)
              .clearDisplayOnFinish()
              .setConsumer(new ConsoleProgressBarConsumer(err, Math.clamp(columns, 40, 100) - 1))
              .build();
      shown = Optional.of(made);
    }
    return shown.get();
  }

  @Override
  public boolean cancelled() {
    return cancellation.cancelled();
  }

  @Override
  public void close() {
    stretch.close();
    shown.ifPresent(ProgressBar::close);
    shown = Optional.empty();
  }
}
