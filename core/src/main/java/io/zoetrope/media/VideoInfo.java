package io.zoetrope.media;

import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What a file says about itself before it is decoded.
 *
 * @param width as shown: after rotation, with square pixels
 * @param height as shown
 * @param fps mean rate of the source; 1 for a picture
 * @param seconds length, where the file states it
 * @param frames number of frames, where the file states it
 * @param sound whether there is sound beside the pictures
 * @param codec FFmpeg's name of it, such as {@code h264}
 * @param quirks what has to be changed to show it as 8-bit sRGB, upright, with square pixels; each
 *     in a few words, such as {@code "10 bit"}
 */
public record VideoInfo(
    int width,
    int height,
    double fps,
    OptionalDouble seconds,
    OptionalLong frames,
    boolean sound,
    String codec,
    List<String> quirks) {
  public VideoInfo {
    quirks = List.copyOf(quirks);
  }

  /** Whether this is a still picture. */
  public boolean still() {
    return frames.isPresent() && frames.getAsLong() == 1;
  }
}
