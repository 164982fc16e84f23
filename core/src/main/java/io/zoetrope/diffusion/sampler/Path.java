package io.zoetrope.diffusion.sampler;

import io.zoetrope.diffusion.CosineSchedule;
import io.zoetrope.diffusion.DiscreteBetaSchedule;
import io.zoetrope.diffusion.FlowSchedule;
import io.zoetrope.diffusion.KarrasSchedule;
import io.zoetrope.diffusion.NoiseLevel;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.SampledSchedule;

/**
 * The coordinates in which the probability-flow ODE is integrated. With a scale k, {@code y = z /
 * k} and {@code r = sigma / k} the ODE is {@code dy/dr = (z - k x0) / sigma}.
 */
public enum Path {
  /** {@code k = alpha}: the slope is eps over {@code r = sigma / alpha} (Karras et al. 2022). */
  SIGMA,

  /** {@code k = alpha + sigma}: the slope is the velocity eps - x0, and r stays within [0, 1]. */
  FLOW;

  double scale(NoiseLevel level) {
    return this == SIGMA ? level.alpha() : level.alpha() + level.sigma();
  }

  double position(NoiseLevel level) {
    return level.sigma() / scale(level);
  }

  /**
   * The path in which a schedule is well conditioned: sigma / alpha where its largest value is
   * moderate, the flow path where alpha comes near 0 or reaches it.
   */
  static Path of(NoiseSchedule schedule) {
    return switch (schedule) {
      case KarrasSchedule k -> SIGMA;
      case DiscreteBetaSchedule d -> SIGMA;
      case CosineSchedule c -> FLOW;
      case FlowSchedule f -> FLOW;
      case SampledSchedule s -> s.scale() == SampledSchedule.Scale.SIGMA ? SIGMA : of(s.training());
    };
  }
}
