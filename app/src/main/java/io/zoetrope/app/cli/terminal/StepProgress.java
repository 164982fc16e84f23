package io.zoetrope.app.cli.terminal;

import io.zoetrope.progress.Eta;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
  private static final long NANOS_BEFORE_BAR = 500_000_000L;

  private final String task;
  private final PrintStream err;
  private final boolean bar;
  private final boolean lines;
  private final int columns;
  private final ProgressBarStyle style;
  private final Cancellation cancellation;
  private final Cancellation.Stretch stretch;
  private final Eta eta = new Eta();
  private Optional<ProgressBar> shown = Optional.empty();
  private String shownTask;
  private boolean decoding;
  private long first;
  private long start = System.nanoTime();
  private long lastLine = start;

  /**
   * Begins.
   *
   * @param task what steps are called, in one or two words, for instance {@code sampling}; what
   *     stands before and behind them has names of its own
   */
  public StepProgress(Session session, OutputOptions output, String task) {
    this(session, output, task, 0);
  }

  /** As {@link #StepProgress(Session, OutputOptions, String)} for work of which some is done. */
  public StepProgress(Session session, OutputOptions output, String task, long first) {
    this.task = task;
    this.shownTask = task;
    this.first = first;
    this.err = session.console().err();
    this.bar = !output.quiet() && session.redraws();
    this.lines = !output.quiet() && !session.redraws();
    this.columns = session.console().columns();
    this.style =
        session.coloured()
            ? ProgressBarStyle.COLORFUL_UNICODE_BLOCK
            : ProgressBarStyle.UNICODE_BLOCK;
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

  /** As the interface, for steps without more to say. */
  public void update(long done, long total) {
    update(done, total, "");
  }

  /** As the interface, with a few words more, for instance the loss. */
  public void update(long done, long total, String words) {
    update(Report.of(Phase.SAMPLE, done, total).words(words));
  }

  /** Frames are written while others are decoded: that is shown as one thing. */
  private boolean within(Report report) {
    if (report.phase() == Phase.DECODE) {
      decoding = report.done() < report.total();
    }
    return decoding && report.phase() == Phase.WRITE;
  }

  @Override
  public void update(Report report) {
    if (within(report)) {
      return;
    }
    String now =
        switch (report.phase()) {
          case SAMPLE, TRAIN, EVALUATE -> task;
          default -> report.phase().doing();
        };
    if (!now.equals(shownTask)) {
      begin(now);
    }
    Optional<Duration> left = eta.left(report);
    if (bar) {
      draw(report, left);
    } else if (lines && (System.nanoTime() - lastLine > NANOS_BETWEEN_LINES)) {
      lastLine = System.nanoTime();
      err.println(line(report, left));
    }
  }

  private String line(Report report, Optional<Duration> left) {
    return shownTask
        + " "
        + report.done()
        + (report.endless() ? "" : "/" + report.total())
        + (report.words().isEmpty() ? "" : ", " + report.words())
        + String.format(Locale.ROOT, ", %.0f s", (lastLine - start) / 1e9)
        + left.map(d -> ", " + toGo(d)).orElse("");
  }

  private static String toGo(Duration left) {
    return String.format(Locale.ROOT, "about %.0f s to go", left.toNanos() / 1e9);
  }

  /** Another phase: a bar of its own. */
  private void begin(String now) {
    shown.ifPresent(ProgressBar::close);
    shown = Optional.empty();
    shownTask = now;
    first = 0;
    start = System.nanoTime();
  }

  /** Loading and reading are over in no time as a rule: only if not, they are worth a bar. */
  private void draw(Report report, Optional<Duration> left) {
    boolean own = shownTask.equals(task);
    if (shown.isEmpty() && !own && System.nanoTime() - start < NANOS_BEFORE_BAR) {
      return;
    }
    String words =
        Stream.concat(Stream.of(report.words()), left.map(StepProgress::toGo).stream())
            .filter(text -> !text.isEmpty())
            .collect(Collectors.joining(", "));
    show(report).stepTo(report.done()).setExtraMessage(words);
    if (!own && report.done() >= report.total()) {
      // What is said between two phases needs a line of its own.
      shown.ifPresent(ProgressBar::close);
      shown = Optional.empty();
      start = System.nanoTime();
    }
  }

  private ProgressBar show(Report report) {
    if (shown.isEmpty()) {
      ProgressBar made =
          new ProgressBarBuilder()
              .setTaskName(shownTask)
              .setInitialMax(report.endless() ? -1 : report.total())
              .startsFrom(first, Duration.ZERO)
              .hideEta() // by a pace of its own, which a burst of reports makes nonsense
              .setStyle(style)
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
