package io.zoetrope.train.method;

import io.zoetrope.record.Default;
import io.zoetrope.record.Limits;

/**
 * How a base is shown the picture that a video is made of while it is trained on.
 *
 * @param drop d, a third of what is at most left away of each: what it looks at for a share of 2 d
 *     of the clips, what is beside the frames for 2 d, both for d of them
 * @param mean of the logarithm of the noise in the picture's pixels
 * @param std of the same, above 0
 */
record PictureBlock(
    @Default("0.1") double drop, @Default("-3.0") double mean, @Default("0.5") double std) {
  /** As the paper has it. */
  static final PictureBlock USUAL = new PictureBlock(0.1, -3, 0.5);

  public PictureBlock {
    Limits.USUAL.real("drop", 0, 1.0 / 3, drop);
    Limits.USUAL.real("mean", -20, 5, mean);
    Limits.USUAL.real("std", 0, 10, std);
  }
}
