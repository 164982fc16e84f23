package io.zoetrope.diffusion.discrete;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;

/** How much noise a sampling leaves at its end. */
public enum FinalSigma {
  /** None. */
  ZERO,

  /** That of the first training timestep. */
  SIGMA_MIN;

  /** By the name in a scheduler's config. */
  public static FinalSigma of(String name) {
    return switch (name) {
      case "zero" -> ZERO;
      case "sigma_min" -> SIGMA_MIN;
      default ->
          throw new UserError(
              Fault.INVALID,
              "unknown final_sigmas_type '%s'".formatted(name),
              "it is zero or sigma_min");
    };
  }
}
