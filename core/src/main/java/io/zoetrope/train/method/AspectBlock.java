package io.zoetrope.train.method;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.record.Default;
import io.zoetrope.record.Limits;
import io.zoetrope.train.recipe.DataBlock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Buckets of all aspects whose pictures have about as many pixels as those of the data (the rule of
 * kohya's sd-scripts).
 *
 * @param step sides are multiples of it
 * @param least a side is at least so many pixels
 * @param most a side is at most so many
 */
record AspectBlock(@Default("64") int step, @Default("256") int least, @Default("1024") int most) {
  AspectBlock {
    Limits.USUAL.whole("step", 8, 1024, step);
    Limits.USUAL.whole("least", 8, 65_536, least);
    Limits.USUAL.whole("most", 8, 65_536, most);
    if (least % step != 0 || most % step != 0) {
      throw new UserError(
          Fault.INVALID,
          "least and most must be multiples of step, %s, are %s and %s"
              .formatted(step, least, most));
    }
  }

  /**
   * The buckets around the shape of some data, from the narrowest on, with its frames.
   *
   * @throws UserError if there is none within the limits
   */
  List<BucketBlock> buckets(DataBlock data) {
    long pixels = (long) data.width() * data.height();
    List<BucketBlock> all = new ArrayList<>();
    for (int width = least; width <= most; width += step) {
      long height = Math.min(most, pixels / width / step * step);
      if (height >= least) {
        all.add(bucket(width, (int) height, data));
        all.add(bucket((int) height, width, data));
      }
    }
    if (all.isEmpty()) {
      throw new UserError(
          Fault.MISMATCH,
          "aspects of %sx%s pixels have no sides of %s to %s in steps of %s"
              .formatted(data.width(), data.height(), least, most, step),
          "make least smaller, or the data larger");
    }
    return all.stream()
        .distinct()
        .sorted(Comparator.comparingDouble(block -> (double) block.width() / block.height()))
        .toList();
  }

  private static BucketBlock bucket(int width, int height, DataBlock data) {
    return new BucketBlock(width, height, data.frames(), 1, Optional.empty());
  }
}
