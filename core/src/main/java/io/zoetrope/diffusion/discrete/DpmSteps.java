package io.zoetrope.diffusion.discrete;

import io.zoetrope.diffusion.SampledSchedule;
import io.zoetrope.diffusion.SampledSchedule.Scale;
import io.zoetrope.diffusion.SampledSchedule.Step;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.ArrayList;
import java.util.List;

/**
 * The walk of diffusers' {@code DPMSolverMultistepScheduler}: one timestep more is spaced than
 * steps are made, and the last one left out (not so for TRAILING); timesteps are whole.
 *
 * @param bars of the training
 * @param spacing of timesteps
 * @param offset of LEADING timesteps
 * @param sigmas spacing of the noise ratios; all but TIMESTEPS go from the last training timestep
 *     to the first, whatever the spacing of timesteps
 * @param end what is left
 * @param clipped least {@code ln(alpha / sigma)}; timesteps below it are left out
 * @param whole how a timestep between two is told
 */
public record DpmSteps(
    AlphaBars bars,
    TimestepSpacing spacing,
    int offset,
    SigmaSpacing sigmas,
    FinalSigma end,
    double clipped,
    Whole whole)
    implements Discretisation {

  /** How a timestep between two is told. */
  public enum Whole {
    /** The nearest. */
    ROUNDED,

    /** The one below. */
    CUT
  }

  @Override
  public SampledSchedule over(int steps) {
    SigmaTable table = new SigmaTable(bars);
    double[] timesteps = sigmas == SigmaSpacing.TIMESTEPS ? spaced(steps) : new double[steps];
    double[] ratios = new double[steps];
    if (sigmas == SigmaSpacing.TIMESTEPS) {
      for (int i = 0; i < steps; i++) {
        ratios[i] = table.at(timesteps[i]);
      }
    } else {
      ratios = ratios(table, steps);
      for (int i = 0; i < steps; i++) {
        double exact = table.timestep(ratios[i]);
        timesteps[i] = whole == Whole.ROUNDED ? Math.rint(exact) : Math.floor(exact);
      }
    }
    List<Step> rows = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      double last = end == FinalSigma.ZERO ? 0 : table.least();
      double here = (float) ratios[i];
      double next = i + 1 < steps ? (float) ratios[i + 1] : last;
      rows.add(
          new Step(
              1 / Math.hypot(1, here),
              here / Math.hypot(1, here),
              timesteps[i],
              1 / Math.hypot(1, next),
              next / Math.hypot(1, next)));
    }
    return new SampledSchedule("DPM-Solver", bars.schedule(), Scale.TRAINING, rows, 1);
  }

  private double[] ratios(SigmaTable table, int steps) {
    if (sigmas != SigmaSpacing.LU) {
      return sigmas.between(table.most(), table.least(), steps);
    }
    return sigmas.between(Math.exp(table.mostLog()), Math.exp(table.leastLog()), steps);
  }

  private double[] spaced(int steps) {
    int trained = bars.steps();
    int most = trained - tooNoisy();
    if (steps >= trained) {
      throw new UserError(
          Fault.INVALID,
          "%s steps are too many for a model trained with %s".formatted(steps, trained));
    }
    double[] timesteps = new double[steps];
    for (int i = 0; i < steps; i++) {
      timesteps[i] =
          switch (spacing) {
            case LEADING -> (double) (steps - i) * (most / (steps + 1)) + offset;
            case TRAILING -> Math.rint(most - i * ((double) trained / steps)) - 1;
            case LINSPACE -> Math.rint(TimestepSpacing.onLine(most, steps + 1, steps - i));
          };
    }
    if (timesteps[0] >= trained || timesteps[steps - 1] < 0) {
      throw new UserError(
          Fault.INVALID,
          "%s steps do not fit the model's %s timesteps".formatted(steps, trained),
          "take fewer");
    }
    return timesteps;
  }

  /** How many timesteps lie below the clip. */
  private int tooNoisy() {
    int n = 0;
    while (n < bars.steps() && lambda(bars.steps() - 1 - n) < clipped) {
      n++;
    }
    return n;
  }

  private double lambda(int timestep) {
    return Math.log(bars.alpha(timestep)) - Math.log(bars.sigma(timestep));
  }
}
