package io.zoetrope.diffusion.discrete;

import io.zoetrope.diffusion.SampledSchedule;
import io.zoetrope.diffusion.SampledSchedule.Scale;
import io.zoetrope.diffusion.SampledSchedule.Step;
import java.util.ArrayList;
import java.util.List;

/**
 * The walk of diffusers' {@code DDIMScheduler}, and of its {@code PNDMScheduler} where steps are
 * LEADING.
 *
 * <p>A step always leads {@code trained / steps} timesteps down, rounded to zero, which is not
 * where the next one begins if the spacing is another or the division leaves a rest; the reference
 * does so, and its results are had by doing likewise.
 *
 * @param bars of the training
 * @param spacing of timesteps
 * @param offset of LEADING timesteps
 * @param endsClean whether the last step leads to no noise at all, or to that of timestep 0
 */
public record DdimSteps(AlphaBars bars, TimestepSpacing spacing, int offset, boolean endsClean)
    implements Discretisation {
  @Override
  public SampledSchedule over(int steps) {
    double[] timesteps = spacing.timesteps(bars.steps(), steps, offset);
    List<Step> table = new ArrayList<>();
    for (double exact : timesteps) {
      int t = (int) Math.rint(exact);
      int next = t - bars.steps() / steps;
      boolean last = next < 0;
      table.add(
          new Step(
              bars.alpha(t),
              bars.sigma(t),
              t,
              last && endsClean ? 1 : bars.alpha(Math.max(0, next)),
              last && endsClean ? 0 : bars.sigma(Math.max(0, next))));
    }
    return new SampledSchedule("DDIM", bars.schedule(), Scale.TRAINING, table, 1);
  }
}
