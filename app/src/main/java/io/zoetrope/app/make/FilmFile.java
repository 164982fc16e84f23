package io.zoetrope.app.make;

import io.zoetrope.app.cli.OutOption.Target;
import io.zoetrope.app.cli.StepProgress;
import io.zoetrope.media.Frame;
import io.zoetrope.media.VideoMetadata;
import io.zoetrope.media.VideoWriter;
import io.zoetrope.media.WriteOptions;
import io.zoetrope.media.WriteOptions.Durability;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.order.FrameSink;
import io.zoetrope.pipeline.order.Shot;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.bytedeco.pytorch.Tensor;

/**
 * The file that an order's frames go into: whole or not at all. A video whose first frames are
 * whole long before the last is the one exception: what there is stays, whatever happens. Formats
 * that cannot grow are written whole if the end is known.
 */
final class FilmFile implements FrameSink, AutoCloseable {
  private final FilmVerb verb;
  private final Target target;
  private final boolean remembers;
  private Optional<VideoWriter> writer = Optional.empty();
  private Optional<StepProgress> shown = Optional.empty();
  private boolean grows;

  FilmFile(FilmVerb verb, Target target, boolean remembers) {
    this.verb = verb;
    this.target = target;
    this.remembers = remembers;
  }

  @Override
  public void begin(Shot shot) {
    grows = shot.growing() && (target.format().grows() || shot.endless());
    VideoMetadata metadata = remembers ? shot.memory().get().metadata() : VideoMetadata.NONE;
    VideoRequest request = shot.request();
    writer =
        Optional.of(
            VideoWriter.open(
                target.path(),
                target.format(),
                request.width(),
                request.height(),
                WriteOptions.at(request.fps())
                    .durability(grows ? Durability.GROWING : Durability.WHOLE)
                    .metadata(metadata)));
    watch();
    if (shot.endless()) {
      note("rolling until Ctrl-C; '%s' grows meanwhile".formatted(target.path()));
    }
  }

  @Override
  public void frame(Frame frame) {
    VideoWriter open = writer.orElseThrow();
    open.write(frame);
    verb.written(open.frames());
  }

  @Override
  public void note(String line) {
    verb.tell(line);
  }

  @Override
  public void latents(VideoModel model, VideoRequest request, Tensor z_1CFHW) {
    verb.latents(model, request, z_1CFHW);
  }

  /** Puts the file in its place. */
  void finish() {
    if (!grows) {
      verb.checkGoing();
    }
    keep();
  }

  /** What there is of a video that was stopped stays, if its file grows. */
  CancellationException stopped(CancellationException e, Optional<Integer> frames) {
    if (!grows) {
      return e;
    }
    keep();
    return new CancellationException(
        "cancelled after %d of %d frames, which are in '%s'"
            .formatted(
                writer.map(VideoWriter::frames).orElse(0L), frames.orElse(0), target.path()));
  }

  private void keep() {
    writer.filter(open -> !grows || open.frames() > 0).ifPresent(VideoWriter::commit);
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
    writer.ifPresent(VideoWriter::close);
  }
}
