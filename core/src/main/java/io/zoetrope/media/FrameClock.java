package io.zoetrope.media;

import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;

/**
 * When the frames of a stream are shown. Some containers (AVI, program streams, bare H.264) keep no
 * time of presentation, or not for every frame: where it is unknown or repeats, a frame begins when
 * the one before it ends.
 */
final class FrameClock {
  private final double tick;
  private final double fps;
  private double origin;
  private boolean stamped;
  private double last = Double.NaN;
  private double end = Double.NaN;

  /**
   * @param tick seconds
   * @param fps mean rate, for frames that do not say how long they last
   */
  FrameClock(double tick, double fps) {
    this.tick = tick;
    this.fps = fps;
  }

  /** When a frame is shown, in seconds from the first of the file. */
  record Span(double from, double to) {}

  /**
   * Whether the stream has times to seek by, after its first frame. In the middle of a stream those
   * of decoding alone do not say which frame it is: some may lack the frames they refer to.
   */
  boolean stamped() {
    return stamped;
  }

  /** What the demuxer calls a time in seconds from the first frame. */
  long stamp(double seconds) {
    return (long) Math.floor((seconds + origin) / tick);
  }

  /** The next frame does not follow the last one. */
  void jumped() {
    last = Double.NEGATIVE_INFINITY;
    end = Double.NaN;
  }

  Span next(AVFrame frame) {
    long stamp = frame.best_effort_timestamp();
    boolean known = stamp != avutil.AV_NOPTS_VALUE;
    double time = known ? stamp * tick : Double.NaN;
    if (!known || time <= last) {
      time = Double.isNaN(end) ? origin : end;
    }
    if (Double.isNaN(last)) {
      origin = time;
      stamped = frame.pts() != avutil.AV_NOPTS_VALUE;
    }
    last = time;
    end = time + (frame.duration() > 0 ? frame.duration() * tick : 1 / fps);
    return new Span(time - origin, end - origin);
  }
}
