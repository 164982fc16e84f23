package io.zoetrope.pipeline;

import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.guidance.ReconstructionWeight;
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
   * Frames that the task holds are known to the sampler by replacement alone: they fall from noise
   * with the others and are overwritten at each step. The baseline of VDM; any model can do it, but
   * what it makes does not cohere with what is known as it should.
   */
  static Guide replacement() {
    return HeldByGuidance.replacement();
  }

  /**
   * As {@link #replacement}, with reconstruction guidance: for models that were trained with one
   * level for all frames.
   *
   * @param weight the same at every level; see {@link HeldByGuidance} for others
   */
  static Guide reconstruction(double weight) {
    return HeldByGuidance.reconstruction(ReconstructionWeight.constant(weight));
  }

  /**
   * Wraps the denoiser of one clip (or batch of clips).
   *
   * @param denoiser network, classifier-free guidance and prompts; it ignores the conditioning that
   *     it is handed
   * @param plan what the task asks for
   * @param given_BCFHW clean content of the frames that the task gives, zeros elsewhere
   * @param noise of this clip
   */
  X0Denoiser wrap(X0Denoiser denoiser, TimestepPlan plan, Tensor given_BCFHW, Noise noise);

  /**
   * The plan to run in place of the task's. What the task holds clean is put back at the end, to
   * the last bit.
   */
  default TimestepPlan plan(TimestepPlan plan) {
    return plan;
  }
}
