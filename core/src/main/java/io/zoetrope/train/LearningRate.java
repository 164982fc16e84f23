package io.zoetrope.train;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;

/**
 * Linear warm-up, then half a cosine down to a floor (Loshchilov &amp; Hutter, SGDR, ICLR 2017,
 * without restarts).
 *
 * @param peak the highest rate, &gt; 0
 * @param warmup steps of warm-up, 0..total
 * @param total steps in all; the floor is reached at the last
 * @param floor the lowest rate after the peak, as a fraction of it, 0..1; 1 is a constant rate
 */
public record LearningRate(double peak, long warmup, long total, double floor) {
  public LearningRate {
    if (!(peak > 0) || Double.isInfinite(peak)) {
      throw new UserError(Fault.INVALID, "lr must be above 0, is " + peak);
    }
    if (total < 1 || warmup < 0 || warmup > total) {
      throw new UserError(
          Fault.INVALID, "warmup must be 0 to steps (%s), is %s".formatted(total, warmup));
    }
    if (!(floor >= 0 && floor <= 1)) {
      throw new UserError(Fault.INVALID, "floor must be 0 to 1, is " + floor);
    }
  }

  /**
   * @param step 0-based
   */
  public double at(long step) {
    if (step < warmup) {
      return peak * (step + 1) / warmup;
    }
    double span = Math.max(1, total - warmup);
    double done = Math.min(1, (step + 1 - warmup) / span);
    return peak * (floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * done)));
  }
}
