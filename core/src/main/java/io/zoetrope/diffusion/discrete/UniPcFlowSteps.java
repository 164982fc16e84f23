package io.zoetrope.diffusion.discrete;

import io.zoetrope.diffusion.FlowSchedule;
import io.zoetrope.diffusion.SampledSchedule;
import io.zoetrope.diffusion.SampledSchedule.Scale;
import io.zoetrope.diffusion.SampledSchedule.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The walk of diffusers' {@code UniPCMultistepScheduler} over rectified flow ({@code
 * use_flow_sigmas}), 1000 timesteps, which are cut to whole ones: sigma evenly spaced, its end left
 * out, and shifted once.
 *
 * @param shift of {@link FlowSchedule}, above 0
 * @param terminal stretches the walk so that its last sigma is this one
 * @param end what is left
 */
public record UniPcFlowSteps(double shift, OptionalDouble terminal, FinalSigma end)
    implements Discretisation {
  /** By so much the first sigma is below 1, where no video would be left. */
  private static final double BELOW = 1e-6;

  public UniPcFlowSteps {
    new FlowSchedule(shift);
    FlowSteps.requireTerminal(terminal);
  }

  @Override
  public SampledSchedule over(int steps) {
    double[] sigma = new double[steps + 1];
    for (int i = 0; i < steps; i++) {
      double s = 1 + i * ((0.001 - 1) / steps);
      sigma[i] = shift * s / (1 + (shift - 1) * s);
    }
    FlowSteps.stretch(sigma, steps, terminal);
    if (Math.abs(sigma[0] - 1) < BELOW) {
      sigma[0] -= BELOW;
    }
    sigma[steps] = end == FinalSigma.ZERO ? 0 : sigma[steps - 1];
    List<Step> rows = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      double here = (float) sigma[i];
      double next = (float) sigma[i + 1];
      rows.add(new Step(1 - here, here, Math.floor(sigma[i] * 1000), 1 - next, next));
    }
    return new SampledSchedule("UniPC over flow", new FlowSchedule(1), Scale.TRAINING, rows, 1);
  }
}
