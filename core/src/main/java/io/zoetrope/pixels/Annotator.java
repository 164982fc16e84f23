package io.zoetrope.pixels;

import org.bytedeco.pytorch.Tensor;

/** Draws of a video what a control is to be shown: edges, lines, depths. Thread-safe. */
public interface Annotator {
  /** The word for what it draws, such as {@code canny}: controls have it in their names. */
  String word();

  /**
   * Draws.
   *
   * @param x_F3HW pixels with values 0..1, f32
   * @return hints of the same shape, values 0..1
   * @throws io.zoetrope.error.UserError if the video will not do
   */
  Tensor hints(Tensor x_F3HW);
}
