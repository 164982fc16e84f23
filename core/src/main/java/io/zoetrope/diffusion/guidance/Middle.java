package io.zoetrope.diffusion.guidance;

import io.zoetrope.diffusion.Levels;

/**
 * The part of a walk in which answers can be reused: neither its first steps nor its last one.
 *
 * @param from the highest level in it
 * @param last the level of the last step, which is below it
 */
record Middle(double from, double last) {
  /**
   * @param levels down which frames fall
   * @param first share of the steps that are made at first
   */
  static Middle of(double[] levels, double first) {
    int steps = levels.length - 1;
    return new Middle(levels[(int) Math.ceil(first * steps)], levels[steps - 1]);
  }

  /** Whether every frame is held, or within. */
  boolean holds(Levels levels) {
    return levels.allEqual(at -> at.u() == 0 || (at.u() <= from && at.u() > last) ? 1 : 0, 1);
  }
}
