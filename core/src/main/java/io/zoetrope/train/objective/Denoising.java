package io.zoetrope.train.objective;

import io.zoetrope.diffusion.LossWeight;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.TimestepSampler;

/**
 * What a diffusion network is asked in training, and how its answer is judged.
 *
 * @param schedule of the noise
 * @param prediction what its output means
 * @param levels how they are drawn
 * @param given probability that a clip is given some of its frames clean
 * @param weight of an error at its level
 * @param target what it should have said
 */
public record Denoising(
    NoiseSchedule schedule,
    Prediction prediction,
    TimestepSampler levels,
    double given,
    LossWeight weight,
    Target target) {
  /** Of the truth, every error alike, no frame given. */
  public Denoising(NoiseSchedule schedule, Prediction prediction, TimestepSampler levels) {
    this(schedule, prediction, levels, 0, new LossWeight.Constant(), Target.truth(prediction));
  }
}
