package io.zoetrope.pipeline.order;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Frame;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Video;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pixels.FlowSpeed;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import io.zoetrope.progress.Timings;
import io.zoetrope.torch.Scopes;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** The way of frames from a task to where they go; it counts them, and where the time goes. */
public final class Reel {
  private final FrameSink sink;
  private final Timings timings;
  private long frames;
  private boolean stepped;
  private Optional<FlowSpeed.Meter> meter = Optional.empty();

  Reel(FrameSink sink, Timings timings) {
    this.sink = sink;
    this.timings = timings;
  }

  /** What makes latents: a task. */
  @FunctionalInterface
  public interface Latents {
    /** As {@link io.zoetrope.pipeline.task.VideoTask#latents}. */
    Tensor of(Engine engine, List<VideoRequest> requests, Progress progress);
  }

  /** How many frames were shown. */
  long frames() {
    return frames;
  }

  /** How much the frames move, of models that are told how much they shall; empty of others. */
  Optional<FlowSpeed> moved(double fps) {
    return meter.flatMap(m -> m.speed(fps));
  }

  /** Makes latents and shows what they are. */
  public void film(Engine engine, VideoRequest request, Latents task, Progress progress) {
    show(engine, request, task.of(engine, List.of(request), timed(progress)), 0, progress);
  }

  /**
   * Decodes latents and shows their frames as they come.
   *
   * @param z_1CFHW latents
   * @param from the first frame that is shown; those before are known already
   * @param progress told of frames that are decoded, and of those that are shown; may cancel
   */
  public void show(
      Engine engine, VideoRequest request, Tensor z_1CFHW, int from, Progress progress) {
    sink.latents(engine.model(), request, z_1CFHW);
    if (meter.isEmpty()
        && engine.model().network().config().reads().contains(Conditioning.MOTION)) {
      meter = Optional.of(new FlowSpeed.Meter());
    }
    int made = engine.model().grid().frames(Math.toIntExact(z_1CFHW.size(2)));
    try {
      decode(engine, z_1CFHW, from, frames + made - from, progress);
    } catch (UserError e) {
      throw e.fault() == Fault.NOT_FINITE ? kept(e, engine, request, z_1CFHW) : e;
    }
  }

  /** The error with where the latents are, which took the most of the time. */
  private UserError kept(UserError e, Engine engine, VideoRequest request, Tensor z_1CFHW) {
    return sink.keep(engine.model(), request, z_1CFHW)
        .map(path ->
            new UserError(
                e.fault(),
                e.reason(),
                e.mend().and("; the latents are kept in '%s'".formatted(path)),
                e))
        .orElse(e);
  }

  private void decode(Engine engine, Tensor z_1CFHW, int from, long total, Progress progress) {
    int[] number = {0};
    engine.decode(
        z_1CFHW,
        frame -> {
          timings.mark("decode");
          progress.requireGoing(frames, total);
          if (number[0]++ >= from) {
            show(frame, total, progress);
          }
        },
        progress);
  }

  /**
   * Shows frames that are there already, before others that are made.
   *
   * @param total frames of the whole video
   */
  public void show(List<Frame> known, long total, Progress progress) {
    for (Frame frame : known) {
      progress.requireGoing(frames, total);
      show(frame, total, progress);
    }
  }

  /** Shows a frame. */
  public void show(Frame frame) {
    sink.frame(frame);
    meter.ifPresent(m ->
        Scopes.run(() -> m.add(FrameTensors.toTensor(new Video(List.of(frame), 1)).select(1, 0))));
    frames++;
    timings.mark("write");
  }

  private void show(Frame frame, long total, Progress progress) {
    show(frame);
    progress.update(Report.of(Phase.WRITE, frames, total));
  }

  /** Shows a frame of a video that is made frame by frame. */
  void rolled(Frame frame) {
    sink.frame(frame);
    frames++;
    timings.mark(frames == 1 ? "first frame" : "frames");
  }

  /** Progress that also counts the time of steps. */
  public Progress timed(Progress progress) {
    return progress.map(report -> {
      if (report.phase() == Phase.SAMPLE) {
        timings.mark(stepped ? "steps" : "first step");
        stepped = true;
      }
      return report;
    });
  }
}
