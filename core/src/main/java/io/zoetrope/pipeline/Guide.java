package io.zoetrope.pipeline;

import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.sampler.Noise;
import org.bytedeco.pytorch.Tensor;

/**
 * One more guidance around the denoiser of every clip that an {@link Engine} makes: replacement,
 * reconstruction guidance, thresholding.
 */
@FunctionalInterface
public interface Guide {
  /** None. */
  Guide NONE = (denoiser, plan, given, noise) -> denoiser;

  /**
   * Wraps the denoiser of one clip (or batch of clips).
   *
   * @param denoiser network, classifier-free guidance and prompts; it ignores the conditioning that
   *     it is handed
   * @param plan what will be run, as {@link #plan} made it
   * @param given_BCFHW clean content of the frames that the task gives, zeros elsewhere
   * @param noise of this clip
   */
  X0Denoiser wrap(X0Denoiser denoiser, TimestepPlan plan, Tensor given_BCFHW, Noise noise);

  /** The plan to run in place of the task's: replacement lets given frames fall with the others. */
  default TimestepPlan plan(TimestepPlan plan) {
    return plan;
  }
}
