package io.zoetrope.diffusion.discrete;

import io.zoetrope.diffusion.SampledSchedule;
import io.zoetrope.diffusion.SampledSchedule.Scale;
import io.zoetrope.diffusion.SampledSchedule.Step;
import java.util.ArrayList;
import java.util.List;

/**
 * The walks of diffusers' {@code DDPMScheduler} and {@code UnCLIPScheduler}: from one timestep to
 * the next, then to no noise at all.
 *
 * @param bars of the training
 * @param spacing of timesteps
 * @param offset of LEADING timesteps
 * @param kind whose walk
 */
public record DdpmSteps(AlphaBars bars, TimestepSpacing spacing, int offset, Kind kind)
    implements Discretisation {
  /** Whose walk. */
  public enum Kind {
    /** {@code DDPMScheduler}'s. */
    DDPM,

    /**
     * {@code UnCLIPScheduler}'s: it multiplies its last x0 by a quotient that is 1 but for
     * rounding. It cannot make one step; here that goes from the last timestep.
     */
    UNCLIP
  }

  /** unCLIP's: evenly from the last timestep to the first, both among them. */
  public static DdpmSteps unclip(AlphaBars bars) {
    return new DdpmSteps(bars, TimestepSpacing.LINSPACE, 0, Kind.UNCLIP);
  }

  @Override
  public SampledSchedule over(int steps) {
    double[] exact = spacing.timesteps(bars.steps(), steps, offset);
    if (kind == Kind.UNCLIP && steps == 1) {
      exact[0] = bars.steps() - 1;
    }
    List<Step> table = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      int t = (int) Math.rint(exact[i]);
      if (i + 1 < steps) {
        int next = (int) Math.rint(exact[i + 1]);
        table.add(new Step(bars.alpha(t), bars.sigma(t), t, bars.alpha(next), bars.sigma(next)));
      } else {
        double share = kind == Kind.UNCLIP && t == 0 ? bars.firstShare() : 1;
        table.add(new Step(bars.alpha(t), bars.sigma(t), t, share, 0));
      }
    }
    return new SampledSchedule("DDPM", bars.schedule(), Scale.TRAINING, table, 1);
  }
}
