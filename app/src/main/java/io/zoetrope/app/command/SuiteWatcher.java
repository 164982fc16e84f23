package io.zoetrope.app.command;

import io.zoetrope.app.cli.terminal.StepProgress;
import io.zoetrope.eval.suite.Bench;
import io.zoetrope.media.ContactSheet;
import io.zoetrope.media.Video;
import io.zoetrope.progress.Report;
import java.util.ArrayList;
import java.util.List;

/** Shows a suite's progress, and keeps the first videos for a contact sheet. */
final class SuiteWatcher implements Bench.Watcher {
  private final StepProgress progress;
  private final int mostRows;
  private final List<ContactSheet.Row> rows = new ArrayList<>();

  SuiteWatcher(StepProgress progress, int mostRows) {
    this.progress = progress;
    this.mostRows = mostRows;
  }

  @Override
  public void update(Report report) {
    progress.update(report);
  }

  @Override
  public void made(String caption, Video video) {
    if (rows.size() < mostRows) {
      rows.add(new ContactSheet.Row(video, caption));
    }
  }

  @Override
  public boolean cancelled() {
    return progress.cancelled();
  }

  List<ContactSheet.Row> rows() {
    return rows;
  }
}
