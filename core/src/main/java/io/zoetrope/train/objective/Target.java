package io.zoetrope.train.objective;

import io.zoetrope.diffusion.Levels;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.condition.Conditioning;
import org.bytedeco.pytorch.Tensor;

/** What a network should have said of a noisy video. */
@FunctionalInterface
public interface Target {
  /**
   * A noisy video, and what it was made of.
   *
   * @param x0_BCFHW the clean video
   * @param eps_BCFHW its noise
   * @param z_BCFHW both mixed, unscaled
   * @param levels of each frame
   * @param conditioning that the network was given
   */
  record Noisy(
      Tensor x0_BCFHW,
      Tensor eps_BCFHW,
      Tensor z_BCFHW,
      Levels levels,
      Conditioning conditioning) {}

  /** The raw output aimed at, [B, C, F, H, W]; no gradients flow through it. */
  Tensor of(Noisy noisy);

  /**
   * How far an answer is from it, number by number.
   *
   * @param difference_BCFHW of the raw output and what was aimed at
   * @param usual as the recipe has it
   */
  default Tensor error(Tensor difference_BCFHW, Levels levels, LossError usual) {
    return usual.of(difference_BCFHW, levels);
  }

  /** What the noisy video was made of, in the network's own terms. */
  static Target truth(Prediction prediction) {
    return noisy -> prediction.from(noisy.x0_BCFHW, noisy.eps_BCFHW, noisy.levels);
  }
}
