package io.zoetrope.jobs.worker;

import java.time.Duration;

/**
 * What is taken of strangers' files.
 *
 * @param side pixels of the longer side
 * @param pixels of a frame
 * @param frames of a video
 * @param bytes of a file
 * @param streams in a file
 * @param time that is spent on one
 */
public record MediaLimits(
    int side, long pixels, int frames, long bytes, int streams, Duration time) {
  /** Enough for everything that a model here can make use of. */
  public static final MediaLimits USUAL =
      new MediaLimits(4096, 16_777_216, 4096, 50L << 20, 8, Duration.ofSeconds(30));
}
