package io.zoetrope.diffusion.discrete;

import io.zoetrope.diffusion.KarrasSchedule;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.SampledSchedule;
import io.zoetrope.diffusion.SampledSchedule.Scale;
import io.zoetrope.diffusion.SampledSchedule.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The walk of diffusers' {@code EulerDiscreteScheduler} and {@code
 * EulerAncestralDiscreteScheduler}: alpha is 1, and timesteps need not be whole.
 *
 * @param bars of the training
 * @param spacing of timesteps
 * @param offset of LEADING timesteps
 * @param sigmas spacing of the noise ratios, not LU
 * @param range ends of the spacing; empty for those that the timesteps have
 * @param end what is left
 * @param told what the network is told
 */
public record EulerSteps(
    AlphaBars bars,
    TimestepSpacing spacing,
    int offset,
    SigmaSpacing sigmas,
    Range range,
    FinalSigma end,
    Told told)
    implements Discretisation {

  /** What the network is told of a level. */
  public enum Told {
    /** The training timestep. */
    TIMESTEP,

    /** {@code ln(sigma) / 4}, as in EDM and Stable Video Diffusion. */
    LOG_SIGMA
  }

  /** Least and largest noise ratio, each if it is given. */
  public record Range(Optional<Double> least, Optional<Double> most) {
    /** As the timesteps have it. */
    public static final Range OWN = new Range(Optional.empty(), Optional.empty());

    public Range {
      double low = least.orElse(Double.MIN_VALUE);
      if (!(low > 0 && low < most.orElse(Double.MAX_VALUE))) {
        throw new IllegalArgumentException(
            "noise ratios rise from above 0, not from "
                + low
                + most.map(high -> " to " + high).orElse(""));
      }
    }
  }

  @Override
  public SampledSchedule over(int steps) {
    SigmaTable table = new SigmaTable(bars);
    double[] timesteps = spacing.timesteps(bars.steps(), steps, offset);
    double[] ratios = new double[steps];
    for (int i = 0; i < steps; i++) {
      timesteps[i] = (float) timesteps[i];
      ratios[i] = table.at(timesteps[i]);
    }
    if (sigmas != SigmaSpacing.TIMESTEPS) {
      double most = range.most().orElse(ratios[0]);
      double least = range.least().orElse(ratios[steps - 1]);
      ratios = sigmas.between(most, least, steps);
      for (int i = 0; i < steps; i++) {
        timesteps[i] = (float) table.timestep(ratios[i]);
      }
    }
    List<Step> rows = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      float ratio = (float) ratios[i];
      double last = end == FinalSigma.ZERO ? 0 : table.least();
      float next = (float) (i + 1 < steps ? ratios[i + 1] : last);
      double input = told == Told.TIMESTEP ? timesteps[i] : 0.25 * Math.log(ratio);
      // The reference's step is as long as the difference is in f32; it shows where sigma is large.
      float down = ratio - next;
      rows.add(new Step(1, ratio, input, 1, (double) ratio - down));
    }
    double most = rows.getFirst().sigma();
    // The reference starts without the data's own variance where the table reaches the end.
    double born = spacing == TimestepSpacing.LEADING ? Math.hypot(1, most) : most;
    return new SampledSchedule("Euler", training(table), Scale.SIGMA, rows, born);
  }

  private NoiseSchedule training(SigmaTable table) {
    return switch (told) {
      case TIMESTEP -> bars.schedule();
      case LOG_SIGMA ->
          new KarrasSchedule(
              range.least().orElse(table.least()), range.most().orElse(table.most()), 7);
    };
  }
}
