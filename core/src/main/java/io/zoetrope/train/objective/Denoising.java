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
 * @param manner what else is done to noise and error
 */
public record Denoising(
    NoiseSchedule schedule,
    Prediction prediction,
    TimestepSampler levels,
    double given,
    LossWeight weight,
    Target target,
    Manner manner) {
  /**
   * What else is done.
   *
   * @param noiseOffset of one number a clip and channel that is added to the noise, and so to what
   *     is aimed at: pictures darker and lighter than the mean
   * @param perturbation of noise that the network sees and that is no part of what is aimed at
   * @param error how far an output is off
   * @param bins of levels whose loss is logged by itself; 0 for none
   * @param debias how much of one frame's error, drawn at random, is taken from that of each in a
   *     second term of the loss, which so is blind to what all frames share: beta of Zhao et al.,
   *     "MotionDirector", 2023, equation 6; 0 for no such term
   */
  public record Manner(
      double noiseOffset, double perturbation, LossError error, int bins, double debias) {
    /** Nothing else. */
    public static final Manner PLAIN = new Manner(0, 0, new LossError.Square(), 0);

    /** Without the term of differences between frames. */
    public Manner(double noiseOffset, double perturbation, LossError error, int bins) {
      this(noiseOffset, perturbation, error, bins, 0);
    }
  }

  /** Nothing else done. */
  public Denoising(
      NoiseSchedule schedule,
      Prediction prediction,
      TimestepSampler levels,
      double given,
      LossWeight weight,
      Target target) {
    this(schedule, prediction, levels, given, weight, target, Manner.PLAIN);
  }

  /** Of the truth, every error alike, no frame given. */
  public Denoising(NoiseSchedule schedule, Prediction prediction, TimestepSampler levels) {
    this(schedule, prediction, levels, 0, new LossWeight.Constant(), Target.truth(prediction));
  }
}
