package io.zoetrope.diffusion;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.Locale;

/**
 * Where the levels of a sampling lie between 1 and 0. The schedule's own is the default; the others
 * spend more of their steps at low noise, which second-order samplers repay where a schedule is
 * steep near 0 (the discrete beta schedules: sigma grows with the root of u there).
 */
public enum Spacing {
  /** {@link NoiseSchedule#spacing}. */
  OWN,

  /** Equal steps of u. */
  UNIFORM,

  /** Equal steps of {@code (sigma / alpha)^(1/7)} (Karras et al. 2022, equation 5), then to 0. */
  KARRAS,

  /** Equal steps of logSNR (Lu et al. 2022, DPM-Solver), then to 0. */
  LOG_SNR;

  /** The level from which the last step goes to 0; the discrete schedules' first timestep. */
  private static final double FINEST = 0.001;

  /** By name: own, uniform, karras, log-snr. */
  public static Spacing of(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "own" -> OWN;
      case "uniform" -> UNIFORM;
      case "karras" -> KARRAS;
      case "log-snr" -> LOG_SNR;
      default ->
          throw new UserError(
              Fault.INVALID,
              "unknown spacing '" + name + "'",
              "it is one of own, uniform, karras, log-snr");
    };
  }

  /** {@code steps + 1} levels that fall from exactly 1 to exactly 0. */
  public double[] levels(NoiseSchedule schedule, int steps) {
    if (steps < 1) {
      throw new IllegalArgumentException("sampling takes at least 1 step, not " + steps);
    }
    double[] levels = new double[steps + 1];
    double noisiest = schedule.logSnr(1);
    double low = noisiest >= -10 ? noisiest : schedule.logSnr(1 - FINEST);
    double high = schedule.logSnr(FINEST);
    for (int i = 0; i < steps; i++) {
      double part = steps == 1 ? 0 : (double) i / (steps - 1);
      levels[i] =
          switch (this) {
            case OWN, UNIFORM -> (double) (steps - i) / steps;
            case LOG_SNR -> schedule.level(low + part * (high - low));
            case KARRAS -> schedule.level(karras(low, high, part));
          };
    }
    levels[0] = 1;
    return this == OWN ? schedule.spacing(steps) : levels;
  }

  private static double karras(double low, double high, double part) {
    double most = Math.exp(-0.5 * low / 7);
    double least = Math.exp(-0.5 * high / 7);
    return -2 * 7 * Math.log(most + part * (least - most));
  }
}
