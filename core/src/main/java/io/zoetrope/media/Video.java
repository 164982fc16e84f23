package io.zoetrope.media;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.List;

/**
 * Frames of one size at a steady rate. An image is a video of one frame.
 *
 * @param frames at least one, all of one size
 * @param fps frames per second, finite and above 0
 */
public record Video(List<Frame> frames, double fps) {
  public Video {
    frames = List.copyOf(frames);
    if (frames.isEmpty()) {
      throw new UserError(Fault.INVALID, "a video needs at least one frame");
    }
    if (!(fps > 0) || Double.isInfinite(fps)) {
      throw new UserError(Fault.INVALID, "frames per second must be above 0, not " + fps);
    }
    Frame first = frames.getFirst();
    for (Frame frame : frames) {
      if (frame.width() != first.width() || frame.height() != first.height()) {
        throw new UserError(
            Fault.MISMATCH,
            "all frames of a video must have one size: %sx%s and %sx%s"
                .formatted(first.width(), first.height(), frame.width(), frame.height()));
      }
    }
  }

  public int width() {
    return frames.getFirst().width();
  }

  public int height() {
    return frames.getFirst().height();
  }

  /** Length in seconds. */
  public double seconds() {
    return frames.size() / fps;
  }
}
