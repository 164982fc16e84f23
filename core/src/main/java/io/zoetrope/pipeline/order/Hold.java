package io.zoetrope.pipeline.order;

import io.zoetrope.pipeline.Guide;
import io.zoetrope.record.Default;

/**
 * How given frames are kept where the plan does not hold them: for models that never saw clean
 * frames beside noisy ones.
 */
public sealed interface Hold {
  /** By overwriting them at each step. */
  record Replacement() implements Hold {}

  /**
   * By replacement and a gradient.
   *
   * @param weight of the gradient, 0 to 100
   */
  record Reconstruction(@Default("2.0") double weight) implements Hold {
    public Reconstruction {
      Checks.real("weight", 0, 100, weight);
    }
  }

  /** The guidance around every clip. */
  default Guide guide() {
    return switch (this) {
      case Replacement r -> Guide.replacement();
      case Reconstruction r -> Guide.reconstruction(r.weight);
    };
  }
}
