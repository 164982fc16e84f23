package io.zoetrope.app.make;

import io.zoetrope.app.cli.option.OutOption.Target;
import io.zoetrope.app.cli.terminal.StepProgress;
import io.zoetrope.media.Frame;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.order.FileSink;
import io.zoetrope.pipeline.order.FrameSink;
import io.zoetrope.pipeline.order.Shot;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.bytedeco.pytorch.Tensor;

/** The {@link FileSink} of a command, which says on the way what a person wants to know. */
final class FilmFile implements FrameSink {
  private final FilmVerb verb;
  private final FileSink file;
  private final String name;
  private Optional<StepProgress> shown = Optional.empty();

  FilmFile(FilmVerb verb, Target target, boolean remembers) {
    this.verb = verb;
    name = target.name();
    FileSink whole = FileSink.of(target.path(), target.format());
    file = remembers ? whole : whole.withoutMetadata();
  }

  @Override
  public void begin(Shot shot) {
    file.begin(shot);
    watch();
    if (shot.endless()) {
      note("rolling until Ctrl-C; '%s' grows meanwhile".formatted(name));
    }
  }

  @Override
  public boolean sounds() {
    return file.sounds();
  }

  @Override
  public void frame(Frame frame) {
    file.frame(frame);
    verb.written(file.frames());
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
    return file.keep(model, request, z_1CFHW);
  }

  @Override
  public void finish(Progress progress) {
    file.finish(progress);
  }

  /** Whether there is something in the file. */
  boolean kept() {
    return file.kept();
  }

  /** How a command that was stopped ends: what there is of a growing file stays. */
  CancellationException stopped(CancellationException e, Optional<Integer> frames) {
    return file.kept()
        ? new CancellationException(
            "cancelled after %s of %s frames, which are in '%s'"
                .formatted(file.frames(), frames.orElse(0), name))
        : e;
  }

  private StepProgress watch() {
    StepProgress progress = shown.orElseGet(verb::watch);
    shown = Optional.of(progress);
    return progress;
  }

  /** Shown from the moment that a model is loaded; before, Ctrl-C ends the process at once. */
  Progress progress() {
    return new Progress() {
      @Override
      public void update(Report report) {
        watch().update(report);
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
    file.close();
  }
}
