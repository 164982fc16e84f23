package io.zoetrope.train.method;

import io.zoetrope.diffusion.LossWeight;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.TimestepSampler;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.record.Default;
import io.zoetrope.record.Limits;
import io.zoetrope.train.objective.Denoising;
import io.zoetrope.train.objective.LossError;
import io.zoetrope.train.objective.Target;
import java.util.Locale;
import java.util.Optional;

/**
 * Which noise a diffusion network meets in training, and how much its errors count there: keys that
 * methods have in common.
 *
 * @param perFrame probability that each frame of a clip draws its own noise level
 * @param perFrameDraw whether that is drawn for each clip, or once for the whole micro-batch
 * @param given probability that a clip is given some of its frames clean, as tasks give them
 * @param levels how noise levels are drawn
 * @param weight of an error at its level
 * @param noiseOffset of one number a clip and channel that is added to the noise
 * @param perturbation of noise that is seen and not aimed at
 * @param error how far an output is off: square or huber
 * @param levelBins of levels whose loss is logged by itself; 0 for none
 */
public record NoiseBlock(
    @Default("0.2") double perFrame,
    @Default("clip") TimestepSampler.Decided perFrameDraw,
    @Default("0.0") double given,
    @Default("{kind: logit-normal}") TimestepSampler.Density levels,
    @Default("constant") LossWeight weight,
    @Default("0.0") double noiseOffset,
    @Default("0.0") double perturbation,
    @Default("square") LossError error,
    @Default("0") int levelBins) {
  /** A share of levels of which nothing is said. */
  private static final double LITTLE = 0.01;

  public NoiseBlock {
    Limits.USUAL.real("perFrame", 0, 1, perFrame);
    Limits.USUAL.real("given", 0, 1, given);
    Limits.USUAL.real("noiseOffset", 0, 1, noiseOffset);
    Limits.USUAL.real("perturbation", 0, 1, perturbation);
    if (levelBins < 0 || levelBins > 100) {
      throw new UserError(Fault.INVALID, "levelBins must be 0 to 100, is " + levelBins);
    }
  }

  /** What is to be said of levels that a schedule does not have; empty if few are drawn. */
  Optional<String> beyond(NoiseSchedule schedule) {
    if (!(levels instanceof TimestepSampler.LogNormalSigma drawn)) {
      return Optional.empty();
    }
    double share = drawn.beyond(schedule);
    return share < LITTLE
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "%.0f %% of the levels that are drawn are noisier than this schedule's last, and are"
                    + " put there: sigma there is %.3g",
                100 * share,
                Math.exp(-0.5 * schedule.logSnr(1))));
  }

  /**
   * What a network of such a schedule and prediction is asked.
   *
   * @param debias of {@link Denoising.Manner}
   */
  Denoising denoising(NoiseSchedule schedule, Prediction prediction, double debias) {
    return new Denoising(
        schedule,
        prediction,
        new TimestepSampler(levels, perFrame, perFrameDraw),
        given,
        weight,
        Target.truth(prediction),
        new Denoising.Manner(noiseOffset, perturbation, error, levelBins, debias));
  }
}
