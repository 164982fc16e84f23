package io.zoetrope.diffusion.discrete;

import io.zoetrope.diffusion.FlowSchedule;
import io.zoetrope.diffusion.SampledSchedule;
import io.zoetrope.diffusion.SampledSchedule.Scale;
import io.zoetrope.diffusion.SampledSchedule.Step;
import java.util.ArrayList;
import java.util.List;

/**
 * The walk of diffusers' {@code DPMSolverMultistepScheduler} over rectified flow ({@code
 * use_flow_sigmas}), 1000 timesteps, which are cut to whole ones.
 *
 * @param shift of {@link FlowSchedule}
 */
public record DpmFlowSteps(double shift) implements Discretisation {
  public DpmFlowSteps {
    new FlowSchedule(shift);
  }

  @Override
  public SampledSchedule over(int steps) {
    double[] sigma = new double[steps + 1];
    for (int i = 0; i < steps; i++) {
      // 1 - linspace(1, 1/1000, steps + 1), backwards
      double s = 1 - (1 + (steps - i) * ((0.001 - 1) / steps));
      sigma[i] = shift * s / (1 + (shift - 1) * s);
    }
    List<Step> rows = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      double here = (float) sigma[i];
      double next = (float) sigma[i + 1];
      rows.add(new Step(1 - here, here, Math.floor(sigma[i] * 1000), 1 - next, next));
    }
    return new SampledSchedule(
        "DPM-Solver over flow", new FlowSchedule(1), Scale.TRAINING, rows, 1);
  }
}
