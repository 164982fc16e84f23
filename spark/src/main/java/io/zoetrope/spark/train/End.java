package io.zoetrope.spark.train;

import io.zoetrope.error.UserError;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * How a worker ended, where it was not lost.
 *
 * @param step steps done
 * @param skipped steps whose loss or gradient was not finite
 * @param cancelled whether somebody stopped the run
 * @param product what was made; empty if it was not finished
 * @param error what ended it
 */
record End(
    int rank, long step, long skipped, boolean cancelled, String product, @Nullable UserError error)
    implements Serializable {
  /** One that is at fault, or was told by another. */
  static End of(int rank, UserError error) {
    return new End(rank, 0, 0, false, "", error);
  }

  /** Whether its error is another one's. */
  boolean told() {
    return error != null && error.reason().matches("worker \\d+: .*");
  }
}
