package io.zoetrope.diffusion.discrete;

import io.zoetrope.diffusion.SampledSchedule;
import io.zoetrope.diffusion.SampledSchedule.Scale;
import io.zoetrope.diffusion.SampledSchedule.Step;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.ArrayList;
import java.util.List;

/**
 * The walk of diffusers' {@code UnCLIPScheduler}: evenly from the last timestep to the first, both
 * among them and rounded, then to no noise at all. The reference cannot make one step; here it goes
 * from the last timestep.
 *
 * @param bars of the training
 */
public record UnclipSteps(AlphaBars bars) implements Discretisation {
  @Override
  public SampledSchedule over(int steps) {
    if (steps > bars.steps()) {
      throw new UserError(
          Fault.INVALID,
          "%s steps are more than the %s that the model was trained with"
              .formatted(steps, bars.steps()));
    }
    double last = bars.steps() - 1.0;
    double ratio = steps == 1 ? 0 : last / (steps - 1);
    List<Step> table = new ArrayList<>();
    for (int i = steps - 1; i > 0; i--) {
      int t = (int) Math.rint(i * ratio);
      int next = (int) Math.rint((i - 1) * ratio);
      table.add(new Step(bars.alpha(t), bars.sigma(t), t, bars.alpha(next), bars.sigma(next)));
    }
    int end = steps == 1 ? bars.steps() - 1 : 0;
    // The reference multiplies its last x0 by a quotient that is 1 but for rounding.
    double share = end == 0 ? bars.firstShare() : 1;
    table.add(new Step(bars.alpha(end), bars.sigma(end), end, share, 0));
    return new SampledSchedule("unCLIP", bars.schedule(), Scale.TRAINING, table, 1);
  }
}
