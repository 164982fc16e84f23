package io.zoetrope.diffusion.discrete;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.Locale;

/**
 * Which training timesteps a sampling of few steps takes (Lin et al. 2023, "Common Diffusion Noise
 * Schedules and Sample Steps are Flawed", table 2).
 */
public enum TimestepSpacing {
  /** Every k-th from 0, and an offset: the last timesteps are left out. */
  LEADING,

  /** Every k-th back from the last. */
  TRAILING,

  /** From the first to the last. */
  LINSPACE;

  /** By the name in a scheduler's config. */
  public static TimestepSpacing of(String name) {
    return switch (name) {
      case "leading" -> LEADING;
      case "trailing" -> TRAILING;
      case "linspace" -> LINSPACE;
      default ->
          throw new UserError(
              Fault.INVALID,
              "unknown timestep_spacing '%s'".formatted(name),
              "it is one of leading, trailing, linspace");
    };
  }

  /**
   * Timesteps from noise to clean; whole numbers but for LINSPACE, which the callers round or not.
   *
   * @param trained how many timesteps there are
   * @param steps how many to take, at most all
   * @param offset added to LEADING ones
   */
  double[] timesteps(int trained, int steps, int offset) {
    if (steps > trained) {
      throw new UserError(
          Fault.INVALID,
          "%s steps are more than the %s that the model was trained with"
              .formatted(steps, trained));
    }
    double[] timesteps = new double[steps];
    for (int i = 0; i < steps; i++) {
      timesteps[i] =
          switch (this) {
            case LEADING -> (double) (steps - 1 - i) * (trained / steps) + offset;
            case TRAILING -> Math.rint(trained - i * ((double) trained / steps)) - 1;
            case LINSPACE -> onLine(trained, steps, steps - 1 - i);
          };
    }
    if (timesteps[0] >= trained) {
      throw new UserError(
          Fault.INVALID,
          String.format(
              Locale.ROOT,
              "%s with a steps_offset of %s begins at timestep %.0f, but the model knows %s",
              name().toLowerCase(Locale.ROOT),
              offset,
              timesteps[0],
              trained),
          "take fewer steps");
    }
    return timesteps;
  }

  /** As numpy.linspace(0, trained - 1, count)[i]. */
  static double onLine(int trained, int count, int i) {
    if (count == 1) {
      return 0;
    }
    return i == count - 1 ? trained - 1 : i * ((trained - 1.0) / (count - 1));
  }
}
