package io.zoetrope.pipeline.family;

import io.zoetrope.diffusion.NoiseLevel;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.Locale;

/**
 * Amounts of noise by labels, of which a network has features each (Rombach et al., "Latent
 * Diffusion", 2022, section 4.4.1, as Stable Diffusion's x4 upscaler has it).
 *
 * @param most the largest label that the network was trained with
 * @param noise of the labels, which are its training timesteps
 */
public record NoiseLabels(int most, NoiseSchedule noise) {
  /** As the reference's pipeline has it. */
  private static final int USUAL = 20;

  public NoiseLabels {
    if (most < 0 || most >= noise.trainingLevels().length) {
      throw new UserError(
          Fault.INVALID,
          "labels of noise are 0 to %s, not up to %s"
              .formatted(noise.trainingLevels().length - 1, most));
    }
  }

  /** The label where nobody says one. */
  public int usual() {
    return Math.min(USUAL, most);
  }

  /** The noise of a label. */
  public NoiseLevel level(int label) {
    return noise.at(noise.trainingLevels()[label]);
  }

  /**
   * The label whose noise is nearest to a logSNR, {@code log(alpha^2 / sigma^2)}: amounts of noise
   * mean the same under every schedule, labels do not.
   *
   * @throws UserError if that is noisier than the largest label
   */
  public int nearest(double logSnr) {
    int best = 0;
    for (int label = 1; label < noise.trainingLevels().length; label++) {
      if (distance(label, logSnr) < distance(best, logSnr)) {
        best = label;
      }
    }
    return require(best);
  }

  private double distance(int label, double logSnr) {
    return Math.abs(level(label).logSnr() - logSnr);
  }

  /**
   * The label of a share of the schedule.
   *
   * @param share 0 to 1; 0.02 of 1000 timesteps is 20
   * @throws UserError if that is noisier than the largest label
   */
  public int at(double share) {
    int steps = noise.trainingLevels().length;
    return require((int) Math.min(steps - 1, Math.round(share * steps)));
  }

  private int require(int label) {
    if (label > most) {
      throw new UserError(
          Fault.INVALID,
          "its model knows noise of the labels 0 to %s, and this is %s".formatted(most, label),
          String.format(
              Locale.ROOT,
              "say an augmentation of at most %.3f",
              (double) most / noise.trainingLevels().length));
    }
    return label;
  }
}
