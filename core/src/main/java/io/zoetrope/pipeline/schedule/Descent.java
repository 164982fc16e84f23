package io.zoetrope.pipeline.schedule;

import java.util.function.IntFunction;

/**
 * How the frames of a video fall: what a task makes its plan from, whether that is then run or only
 * drawn.
 *
 * @param steps of sampling that are wished for
 * @param samplings how a model samples in so many steps
 */
public record Descent(int steps, IntFunction<Sampling> samplings) {
  /** In the steps that are wished for. */
  public Sampling sampling() {
    return samplings.apply(steps);
  }

  /** The levels of those, from 1 to 0. */
  public double[] levels() {
    return sampling().levels();
  }

  /**
   * The level at which a frame starts of whose content {@code strength} is to be forgotten: see
   * {@link io.zoetrope.diffusion.NoiseSchedule#startLevel}. What is no strength stays as it is:
   * plans say what is wrong with it.
   */
  public double startLevel(double strength) {
    boolean sensible = strength > 0 && strength <= 1;
    return sensible ? sampling().schedule().startLevel(strength) : strength;
  }
}
