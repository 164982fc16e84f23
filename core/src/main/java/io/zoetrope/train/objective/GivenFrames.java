package io.zoetrope.train.objective;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Frames that a clip is given clean while it is trained, as tasks give them: to animate, to extend,
 * to interpolate. Levels that are drawn for each frame hardly ever put clean frames beside noisy
 * ones; this does. What is given has level 0 and is no part of the loss.
 *
 * @param share probability in [0, 1] that a clip is given any
 */
record GivenFrames(double share) {
  static final GivenFrames NONE = new GivenFrames(0);

  /**
   * Draws them.
   *
   * @return which of the frames of each clip are given, clip after clip; never all of one
   */
  boolean[] draw(SplittableRandom random, int clips, int frames) {
    boolean[] given = new boolean[clips * frames];
    for (int clip = 0; clip < clips; clip++) {
      // The same amount of randomness whatever the share.
      double chance = random.nextDouble();
      double kind = random.nextDouble();
      double length = random.nextDouble();
      if (chance < share && frames > 1) {
        mark(given, clip * frames, frames, kind, length);
      }
    }
    return given;
  }

  /** The first frame, the first half or less of them, or both ends: each as often. */
  private static void mark(boolean[] given, int from, int frames, double kind, double length) {
    int most = Math.max(1, frames / 2);
    int first = kind < 1.0 / 3 || frames == 2 ? 1 : 1 + (int) (length * most);
    if (kind < 2.0 / 3 || frames == 2) {
      Arrays.fill(given, from, from + first, true);
    } else {
      given[from] = true;
      given[from + frames - 1] = true;
    }
  }
}
