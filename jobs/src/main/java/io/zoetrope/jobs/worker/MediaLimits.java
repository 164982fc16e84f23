package io.zoetrope.jobs.worker;

import java.time.Duration;
import java.util.List;

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

  /** As a command line has them. */
  List<String> arguments() {
    return List.of(
        String.valueOf(side),
        String.valueOf(pixels),
        String.valueOf(frames),
        String.valueOf(bytes),
        String.valueOf(streams));
  }

  /** Of a command line. */
  static MediaLimits of(String[] args) {
    return new MediaLimits(
        Integer.parseInt(args[0]),
        Long.parseLong(args[1]),
        Integer.parseInt(args[2]),
        Long.parseLong(args[3]),
        Integer.parseInt(args[4]),
        USUAL.time);
  }
}
