package io.zoetrope.diffusion.sampler;

import io.zoetrope.diffusion.NoiseLevel;

/** Shared arithmetic of a step from level t down to s. */
final class Transition {
  private Transition() {}

  /** {@code e^(l_t - l_s)} of logSNRs l, from 0 to 1; finite at both ends. */
  static double snrRatio(NoiseLevel t, NoiseLevel s) {
    double root = (t.alpha() * s.sigma()) / (s.alpha() * t.sigma());
    return root * root;
  }

  /** {@code 1 - e^(l_t - l_s)}, at least 0. */
  static double newNoise(NoiseLevel t, NoiseLevel s) {
    return Math.max(0, 1 - snrRatio(t, s));
  }
}
