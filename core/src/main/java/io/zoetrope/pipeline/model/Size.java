package io.zoetrope.pipeline.model;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;

/**
 * Pixels across and down.
 *
 * @param width even, {@value #MIN} to {@value #MAX}
 * @param height as width
 */
public record Size(int width, int height) {
  public static final int MIN = 16;
  public static final int MAX = 4096;

  public Size {
    check("width", width);
    check("height", height);
  }

  private static void check(String side, int value) {
    if (value < MIN || value > MAX) {
      throw new UserError(
          Fault.ORDER, "%s must be %s to %s, is %s".formatted(side, MIN, MAX, value));
    }
    if (value % 2 != 0) {
      throw new UserError(
          Fault.ORDER,
          "%s must be even, for video files hold no other, is %s".formatted(side, value));
    }
  }

  /** Whether one of its sides is shorter than the other size's. */
  public boolean smaller(Size than) {
    return width < than.width || height < than.height;
  }

  @Override
  public String toString() {
    return width + "x" + height;
  }
}
