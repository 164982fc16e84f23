package io.zoetrope.pipeline.task;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;

/**
 * Latents of a long video done window by window, each beginning with frames that are done. The last
 * window is moved back so that it ends with the video.
 *
 * @param latents of the whole video
 * @param window latents at once, at most all of them
 * @param overlap latents that a window shares with those before, at least
 */
record Windows(int latents, int window, int overlap) {
  /** Takes a window. */
  @FunctionalInterface
  interface Taker {
    /**
     * Takes a window.
     *
     * @param number from 0
     * @param from its first latent
     * @param done how many of its latents are done
     * @param count how many it has
     */
    void take(int number, int from, int done, int count);
  }

  /**
   * Windows of at most {@code window} latents.
   *
   * @throws UserError if they would not move
   */
  static Windows of(int latents, int window, int overlap) {
    int size = Math.min(latents, window);
    if (size < latents && (overlap < 1 || overlap >= size)) {
      throw new UserError(
          Fault.INVALID,
          "windows of %s frames overlap by 1 to %s of them, not %s"
              .formatted(size, size - 1, overlap));
    }
    return new Windows(latents, size, overlap);
  }

  int count() {
    return window == latents ? 1 : 1 + Math.ceilDiv(latents - window, window - overlap);
  }

  void each(Taker taker) {
    for (int number = 0; number < count(); number++) {
      int from = number == 0 ? 0 : Math.min(number * (window - overlap), latents - window);
      int done = number == 0 ? 0 : (number - 1) * (window - overlap) + window - from;
      taker.take(number, from, done, window);
    }
  }
}
