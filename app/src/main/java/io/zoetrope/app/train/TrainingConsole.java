package io.zoetrope.app.train;

import io.zoetrope.app.cli.terminal.OutputOptions;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.terminal.StepProgress;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Report;
import io.zoetrope.train.StepReport;
import io.zoetrope.train.TrainingListener;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** A training run, as told on stderr and drawn as its loss. */
final class TrainingConsole implements TrainingListener, AutoCloseable {
  private static final double SMOOTHING = 0.02;

  private final Session session;
  private final OutputOptions output;
  private final Path run;
  private Optional<StepProgress> preparing = Optional.empty();
  private Optional<StepProgress> training = Optional.empty();
  private double loss = Double.NaN;

  /**
   * @param run the run's folder
   */
  TrainingConsole(Session session, OutputOptions output, Path run) {
    this.session = session;
    this.output = output;
    this.run = run;
  }

  @Override
  public void update(Report report) {
    if (report.phase() != Phase.ENCODE) {
      return;
    }
    if (preparing.isEmpty()) {
      preparing = Optional.of(new StepProgress(session, output, "encoding"));
    }
    preparing.get().update(report);
  }

  @Override
  public void step(StepReport report) {
    preparing.ifPresent(StepProgress::close);
    preparing = Optional.empty();
    if (training.isEmpty()) {
      training = Optional.of(new StepProgress(session, output, "training", report.step() - 1));
    }
    if (!report.skipped()) {
      loss = Double.isNaN(loss) ? report.loss() : loss + SMOOTHING * (report.loss() - loss);
    }
    training
        .get()
        .update(report.step(), report.total(), String.format(Locale.ROOT, "loss %.4f", loss));
  }

  @Override
  public void checkpoint(Path folder) {
    note("saved " + folder);
    try {
      LossPlot.draw(run);
    } catch (RuntimeException | LinkageError | InternalError e) {
      // Where Java finds no fonts, there is no plot; the run goes on.
      warning("no loss plot: " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    }
  }

  @Override
  public void warning(String line) {
    note("warning: " + line);
  }

  @Override
  public void note(String line) {
    if (!output.quiet()) {
      session.console().err().println((session.redraws() ? "\r\u001b[K" : "") + line);
    }
  }

  @Override
  public boolean cancelled() {
    return session.cancellation().cancelled();
  }

  @Override
  public void close() {
    preparing.ifPresent(StepProgress::close);
    training.ifPresent(StepProgress::close);
  }
}
