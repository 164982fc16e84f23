package io.zoetrope.app.train;

import io.zoetrope.app.cli.terminal.OutputOptions;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.terminal.StepProgress;
import io.zoetrope.progress.Report;
import io.zoetrope.train.StepReport;
import io.zoetrope.train.TrainingListener;
import java.nio.file.Path;

/** Watches a recipe being tried: what it warns of is told, what it notes is about the few clips. */
final class CheckConsole implements TrainingListener, AutoCloseable {
  private final Session session;
  private final OutputOptions output;
  private final StepProgress progress;

  CheckConsole(Session session, OutputOptions output) {
    this.session = session;
    this.output = output;
    progress = new StepProgress(session, output, "trying a step");
  }

  @Override
  public void update(Report report) {
    progress.update(report);
  }

  @Override
  public void step(StepReport report) {}

  @Override
  public void checkpoint(Path folder) {}

  @Override
  public void warning(String line) {
    if (!output.quiet()) {
      session.console().err().println("warning: " + line);
    }
  }

  @Override
  public boolean cancelled() {
    return progress.cancelled();
  }

  @Override
  public void close() {
    progress.close();
  }
}
