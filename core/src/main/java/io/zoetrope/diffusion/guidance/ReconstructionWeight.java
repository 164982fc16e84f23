package io.zoetrope.diffusion.guidance;

import io.zoetrope.diffusion.NoiseLevel;
import java.util.function.Predicate;

/** How strongly a frame at a noise level is drawn to what is known: {@code w_r}; 0 is off. */
@FunctionalInterface
public interface ReconstructionWeight {
  double at(NoiseLevel level);

  /**
   * The same at every level, as in VDM. At 1 it is the exact posterior where x0 given z has the
   * variance {@code sigma^2 / alpha^2}, which holds for little noise; at high levels that is far
   * too much, hence weights above 1.
   */
  static ReconstructionWeight constant(double weight) {
    check(weight);
    return level -> weight;
  }

  /**
   * {@code w (1 + sigma^2 / alpha^2)}, at most {@code w most}: at 1 it is the exact posterior where
   * x0 given z has the variance of data of unit variance, {@code sigma^2 / (alpha^2 + sigma^2)}
   * (Song et al. 2023, "Pseudoinverse-Guided Diffusion Models", section 3.1).
   *
   * @param most bounds what a network's errors near pure noise can do; 25 loses nothing
   */
  static ReconstructionWeight matched(double weight, double most) {
    check(weight);
    if (!(most >= 1)) {
      throw new IllegalArgumentException("the largest factor is at least 1, not " + most);
    }
    return level -> weight * Math.min(most, 1 + 1 / level.snr());
  }

  /** This where the condition holds, and 0 elsewhere: no gradient is taken where no frame is. */
  default ReconstructionWeight within(Predicate<NoiseLevel> condition) {
    return level -> condition.test(level) ? at(level) : 0;
  }

  private static void check(double weight) {
    if (!(weight >= 0 && Double.isFinite(weight))) {
      throw new IllegalArgumentException("a reconstruction weight is at least 0, not " + weight);
    }
  }
}
