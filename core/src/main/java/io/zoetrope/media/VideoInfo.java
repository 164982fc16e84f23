package io.zoetrope.media;

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
 * @param codec FFmpeg's name of it, such as {@code h264}
 */
public record VideoInfo(
    int width, int height, double fps, OptionalDouble seconds, OptionalLong frames, String codec) {

  /** Whether this is a still picture. */
  public boolean still() {
    return frames.isPresent() && frames.getAsLong() == 1;
  }
}
