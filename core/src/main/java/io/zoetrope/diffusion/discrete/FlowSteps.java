package io.zoetrope.diffusion.discrete;

import io.zoetrope.diffusion.FlowSchedule;
import io.zoetrope.diffusion.SampledSchedule;
import io.zoetrope.diffusion.SampledSchedule.Scale;
import io.zoetrope.diffusion.SampledSchedule.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The walk of diffusers' {@code FlowMatchEulerDiscreteScheduler} with 1000 timesteps: sigma evenly
 * spaced, shifted, then to 0. The least sigma is shifted twice there, and here.
 *
 * @param shift of {@link FlowSchedule}, above 0
 * @param terminal stretches the walk so that its last sigma is this one
 * @param sigmas spacing between the ends, not LU
 */
public record FlowSteps(double shift, OptionalDouble terminal, SigmaSpacing sigmas)
    implements Discretisation {
  private static final float TRAINED = 1000;

  public FlowSteps {
    new FlowSchedule(shift);
    requireTerminal(terminal);
  }

  static void requireTerminal(OptionalDouble terminal) {
    double end = terminal.orElse(0.5);
    if (!(end > 0 && end < 1)) {
      throw new IllegalArgumentException("a last sigma lies between 0 and 1, not " + end);
    }
  }

  /** Stretches the first so many sigmas so that the last of them is the one wanted. */
  static void stretch(double[] sigma, int steps, OptionalDouble terminal) {
    if (terminal.isPresent() && sigma[steps - 1] < 1) {
      double stretch = (1 - terminal.getAsDouble()) / (1 - sigma[steps - 1]);
      for (int i = 0; i < steps; i++) {
        sigma[i] = 1 - (1 - sigma[i]) * stretch;
      }
    }
  }

  @Override
  public SampledSchedule over(int steps) {
    float once = 1 / TRAINED;
    double least = TRAINED * ((float) shift * once / (1 + ((float) shift - 1) * once));
    double[] sigma = new double[steps];
    for (int i = 0; i < steps; i++) {
      double part = steps == 1 ? 0 : (double) i / (steps - 1);
      double s = (TRAINED + part * (least - TRAINED)) / TRAINED;
      sigma[i] = shift * s / (1 + (shift - 1) * s);
    }
    stretch(sigma, steps, terminal);
    if (sigmas != SigmaSpacing.TIMESTEPS) {
      sigma = sigmas.between(sigma[0], sigma[steps - 1], steps);
    }
    List<Step> rows = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      float here = (float) sigma[i];
      float next = i + 1 < steps ? (float) sigma[i + 1] : 0;
      rows.add(new Step(1.0 - here, here, here * TRAINED, 1.0 - next, next));
    }
    return new SampledSchedule("flow", new FlowSchedule(1), Scale.TRAINING, rows, 1);
  }
}
