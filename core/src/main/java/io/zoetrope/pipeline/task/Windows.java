package io.zoetrope.pipeline.task;

import io.zoetrope.torch.Fault;
import io.zoetrope.torch.UserError;

/**
 * A long video done window by window, each beginning with frames that are done. The last window is
 * moved back so that it ends with the video.
 *
 * @param frames of the whole video
 * @param window frames at once, at most all of them
 * @param overlap frames that a window shares with those before, at least
 */
record Windows(int frames, int window, int overlap) {
  /** Takes a window. */
  @FunctionalInterface
  interface Taker {
    /**
     * Takes a window.
     *
     * @param number from 0
     * @param from its first frame
     * @param done how many of its frames are done
     * @param count how many it has
     */
    void take(int number, int from, int done, int count);
  }

  /**
   * Windows of at most {@code window} frames.
   *
   * @throws UserError if they would not move
   */
  static Windows of(int frames, int window, int overlap) {
    int size = Math.min(frames, window);
    if (size < frames && (overlap < 1 || overlap >= size)) {
      throw new UserError(
          Fault.INVALID,
          "windows of %d frames overlap by 1 to %d of them, not %d"
              .formatted(size, size - 1, overlap));
    }
    return new Windows(frames, size, overlap);
  }

  int count() {
    return window == frames ? 1 : 1 + Math.ceilDiv(frames - window, window - overlap);
  }

  void each(Taker taker) {
    for (int number = 0; number < count(); number++) {
      int from = number == 0 ? 0 : Math.min(number * (window - overlap), frames - window);
      int done = number == 0 ? 0 : (number - 1) * (window - overlap) + window - from;
      taker.take(number, from, done, window);
    }
  }
}
