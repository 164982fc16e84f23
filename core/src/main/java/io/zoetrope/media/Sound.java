package io.zoetrope.media;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.nio.file.Path;

/**
 * The sound of a stretch of a video, for another video that shows the same moments.
 *
 * @param file the video
 * @param start seconds from its first frame, 0 or more
 * @param seconds how much of it at most, above 0; may be infinite
 */
public record Sound(Path file, double start, double seconds) {
  public Sound {
    if (!(start >= 0) || Double.isInfinite(start) || !(seconds > 0)) {
      throw new UserError(
          Fault.INVALID, "sound from second %s on for %s makes no sense".formatted(start, seconds));
    }
  }
}
