package io.zoetrope.pipeline.order;

import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.record.Default;
import java.util.Optional;

/**
 * How a video longer than a clip of the model is put together.
 *
 * @param clip frames that the model sees at once; empty is as it was trained
 * @param overlap frames that a clip shares with the one before it, 1 to less than the clip
 */
public record Join(Optional<Integer> clip, @Default("4") int overlap) {
  public Join {
    clip.ifPresent(value -> Checks.whole("clip", 1, VideoRequest.MOST_FRAMES, value));
    Checks.whole("overlap", 1, VideoRequest.MOST_FRAMES, overlap);
    clip.ifPresent(value -> requireOverlap(value, overlap));
  }

  /**
   * The length of a clip.
   *
   * @param usual that of the model
   * @throws UserError if so many frames cannot overlap
   */
  int clip(int usual) {
    int length = clip.orElse(usual);
    requireOverlap(length, overlap);
    return length;
  }

  private static void requireOverlap(int clip, int overlap) {
    if (overlap >= clip) {
      throw Checks.wrong(
          "clips of %s frames overlap by 1 to %s of them, not %s: lower the overlap"
              .formatted(clip, clip - 1, overlap));
    }
  }
}
