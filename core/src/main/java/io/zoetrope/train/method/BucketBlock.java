package io.zoetrope.train.method;

import io.zoetrope.data.ClipShape;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.record.Default;
import java.util.Optional;

/**
 * Clips of one shape among others that a network learns.
 *
 * @param width pixels across
 * @param height pixels down
 * @param frames of a clip; 1 for still images
 * @param share how often a step is of it, against the shares of the others
 * @param batch clips of a micro-batch; without it as many as make steps of all buckets cost alike
 */
record BucketBlock(
    int width, int height, int frames, @Default("1.0") double share, Optional<Integer> batch) {
  public BucketBlock {
    if (width < 8 || height < 8 || frames < 1 || width > 65_536 || height > 65_536) {
      throw new UserError(
          Fault.INVALID,
          "a bucket has at least 8x8 pixels and 1 frame, not %sx%sx%s"
              .formatted(width, height, frames));
    }
    if (!(share > 0 && share <= 1000)) {
      throw new UserError(Fault.INVALID, "share must be above 0 and at most 1000, is " + share);
    }
    batch.ifPresent(count -> {
      if (count < 1 || count > 65_536) {
        throw new UserError(Fault.INVALID, "batch must be 1 to 65536, is " + count);
      }
    });
  }

  ClipShape shape() {
    return new ClipShape(width, height, frames);
  }

  /**
   * Clips of a micro-batch.
   *
   * @param usual of clips of that many numbers
   */
  int batch(int usual, long numbers) {
    return batch.orElseGet(
        () -> (int) Math.max(1, Math.round((double) usual * numbers / shape().numbers())));
  }
}
