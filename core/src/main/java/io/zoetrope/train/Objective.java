package io.zoetrope.train;

import java.nio.file.Path;
import org.bytedeco.pytorch.Tensor;

/** What is minimised. Called on the training thread. */
@FunctionalInterface
public interface Objective {
  /**
   * The loss of one micro-batch: a scalar tensor that carries gradients. It must be a pure function
   * of the parameters and of the step's seed and numbers. Called within a scope; all that it makes
   * is freed after the backward pass.
   */
  Tensor loss(TrainingStep step);

  /**
   * Makes samples to look at, in a folder of its own for the step. The parameters hold their
   * averages meanwhile, and no gradients are recorded.
   */
  default void sample(long step, Path folder) {}
}
