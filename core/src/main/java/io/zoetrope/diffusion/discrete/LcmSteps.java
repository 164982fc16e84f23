package io.zoetrope.diffusion.discrete;

import io.zoetrope.diffusion.SampledSchedule;
import io.zoetrope.diffusion.SampledSchedule.Scale;
import io.zoetrope.diffusion.SampledSchedule.Step;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.ArrayList;
import java.util.List;

/**
 * The walk of diffusers' {@code LCMScheduler}: evenly spaced among the timesteps that the model was
 * distilled on.
 *
 * @param bars of the training
 * @param distilled how many timesteps those are, at most all
 */
public record LcmSteps(AlphaBars bars, int distilled) implements Discretisation {
  public LcmSteps {
    if (distilled < 1 || distilled > bars.steps()) {
      throw new UserError(
          Fault.INVALID,
          "original_inference_steps is 1 to %s, not %s".formatted(bars.steps(), distilled));
    }
  }

  @Override
  public SampledSchedule over(int steps) {
    if (steps > distilled) {
      throw new UserError(
          Fault.INVALID,
          "an LCM distilled on %s timesteps makes no more steps than these, not %s"
              .formatted(distilled, steps));
    }
    int[] timesteps = new int[steps];
    for (int i = 0; i < steps; i++) {
      int skipped = (int) Math.floor(i * ((double) distilled / steps));
      timesteps[i] = (distilled - skipped) * (bars.steps() / distilled) - 1;
    }
    List<Step> table = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      int t = timesteps[i];
      boolean last = i + 1 == steps;
      table.add(
          new Step(
              bars.alpha(t),
              bars.sigma(t),
              t,
              last ? 1 : bars.alpha(timesteps[i + 1]),
              last ? 0 : bars.sigma(timesteps[i + 1])));
    }
    return new SampledSchedule("LCM", bars.schedule(), Scale.TRAINING, table, 1);
  }
}
