package io.zoetrope.diffusion;

/** How frames that are given with some noise come down while the others fall. */
public enum Course {
  /**
   * They wait at their level until the others are there, then fall with them: {@link
   * TimestepPlan#startAt(double...)}.
   */
  WAIT {
    @Override
    TimestepPlan take(TimestepPlan plan, double[] start) {
      return plan.startAt(start);
    }
  },
  /**
   * They fall in proportion from the first step on: {@link TimestepPlan#scale(double...)}. So Pusa
   * was trained (Liu et al., "PUSA V1.0", 2025).
   */
  FALL {
    @Override
    TimestepPlan take(TimestepPlan plan, double[] start) {
      return plan.scale(start);
    }
  };

  /**
   * A plan on which each frame begins at a level of its own.
   *
   * @param plan whose frames begin at 1
   * @param start for each frame a level in [0, 1]
   */
  abstract TimestepPlan take(TimestepPlan plan, double[] start);
}
