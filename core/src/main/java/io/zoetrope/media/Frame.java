package io.zoetrope.media;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;

/**
 * One picture: 8-bit sRGB, interleaved, rows from top to bottom.
 *
 * @param width pixels across, at least 1
 * @param height pixels down, at least 1
 * @param rgb {@code width * height * 3} bytes; not copied, so do not write to it afterwards
 */
@SuppressWarnings("ArrayRecordComponent")
public record Frame(int width, int height, byte[] rgb) {
  public Frame {
    if (width < 1 || height < 1) {
      throw new UserError(
          Fault.INVALID, "a frame needs at least 1x1 pixels, not " + width + "x" + height);
    }
    if (rgb.length != Math.multiplyExact(Math.multiplyExact(width, height), 3)) {
      throw new IllegalArgumentException(
          rgb.length + " bytes do not make a frame of " + width + "x" + height);
    }
  }
}
