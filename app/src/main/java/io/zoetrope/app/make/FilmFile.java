package io.zoetrope.app.make;

import io.zoetrope.app.cli.option.OutOption.Target;
import io.zoetrope.app.cli.terminal.StepProgress;
import io.zoetrope.media.Frame;
import io.zoetrope.pipeline.cascade.CascadeRun;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.order.Estimates;
import io.zoetrope.pipeline.order.FileSink;
import io.zoetrope.pipeline.order.FrameSink;
import io.zoetrope.pipeline.order.Shot;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.bytedeco.pytorch.Tensor;

/**
 * The files of a video, one for each place that was named, and what a person wants to know on the
 * way.
 */
final class FilmFile implements FrameSink {
  private final FilmVerb verb;
  private final List<FileSink> files;
  private final String name;
  private final SheetRow row;
  private Optional<StepProgress> shown = Optional.empty();
  private double fps;

  /**
   * Opens nothing yet.
   *
   * @param targets at least one
   * @param row takes a few of the frames
   */
  FilmFile(FilmVerb verb, List<Target> targets, boolean remembers, SheetRow row) {
    this.verb = verb;
    this.row = row;
    name = targets.getFirst().name();
    files =
        targets.stream()
            .map(target -> FileSink.of(target.path(), target.format()))
            .map(whole -> remembers ? whole : whole.withoutMetadata())
            .toList();
  }

  @Override
  public void begin(Shot shot) {
    fps = shot.request().fps();
    files.forEach(file -> file.begin(shot));
    StepProgress unused = bar();
    if (shot.endless()) {
      note("rolling until Ctrl-C; '%s' grows meanwhile".formatted(name));
    }
  }

  @Override
  public boolean sounds() {
    return files.stream().anyMatch(FileSink::sounds);
  }

  @Override
  public Optional<Estimates> estimates() {
    return verb.preview().map(path -> Estimates.file(path, fps));
  }

  @Override
  public void frame(Frame frame) {
    files.forEach(file -> file.frame(frame));
    row.frame(frame);
    verb.written(first().frames());
  }

  private FileSink first() {
    return files.getFirst();
  }

  @Override
  public void note(String line) {
    verb.tell(line);
  }

  @Override
  public void latents(VideoModel model, VideoRequest request, Tensor z_1CFHW) {
    verb.latents(model, request, z_1CFHW);
  }

  @Override
  public Optional<Path> keep(VideoModel model, VideoRequest request, Tensor z_1CFHW) {
    return first().keep(model, request, z_1CFHW);
  }

  @Override
  public void finish(Progress progress) {
    files.forEach(file -> file.finish(progress));
  }

  /** Whether there is something in the file. */
  boolean kept() {
    return first().kept();
  }

  /** How a command that was stopped ends: what there is of a growing file stays. */
  CancellationException stopped(CancellationException e, Optional<Integer> frames) {
    return kept()
        ? new CancellationException(
            "cancelled after %s of %s frames, which are in '%s'"
                .formatted(first().frames(), frames.orElse(0), name))
        : e;
  }

  @Override
  public CascadeRun.Watch watch() {
    return verb.stages(first().path());
  }

  private StepProgress bar() {
    StepProgress progress = shown.orElseGet(verb::watch);
    shown = Optional.of(progress);
    return progress;
  }

  /** Shown from the moment that a model is loaded; before, Ctrl-C ends the process at once. */
  Progress progress() {
    return new Progress() {
      @Override
      public void update(Report report) {
        bar().update(report);
      }

      @Override
      public boolean cancelled() {
        return shown.map(Progress::cancelled).orElse(false);
      }
    };
  }

  @Override
  public void close() {
    shown.ifPresent(StepProgress::close);
    shown = Optional.empty();
    close(0);
  }

  /** All of them, also if one cannot. */
  private void close(int from) {
    if (from < files.size()) {
      try {
        files.get(from).close();
      } finally {
        close(from + 1);
      }
    }
  }
}
