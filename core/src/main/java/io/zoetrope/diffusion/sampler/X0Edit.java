package io.zoetrope.diffusion.sampler;

import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * A change of the clean video as it is estimated within a step, between what the network said and
 * what the step makes of it. The noise that the network saw stays: {@code z_s = alpha_s x0' +
 * sigma_s eps} with the eps of x0, not of x0'. A denoiser around the network could not do that, for
 * the step would see another eps in what it returns.
 */
@FunctionalInterface
public interface X0Edit {
  /** None. */
  X0Edit NONE = (x0, fall, falls) -> Optional.empty();

  /**
   * The video as it shall be.
   *
   * @param x0_BCFHW as the network says
   * @param fall number of the step among those in which any frame falls, from 0
   * @param falls how many of these there are
   * @return of the same shape; empty if this step is none of its
   */
  Optional<Tensor> edited(Tensor x0_BCFHW, int fall, int falls);
}
