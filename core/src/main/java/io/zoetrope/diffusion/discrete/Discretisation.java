package io.zoetrope.diffusion.discrete;

import io.zoetrope.diffusion.SampledSchedule;

/** A way of walking from noise to clean in any number of steps. Immutable. */
public sealed interface Discretisation
    permits DdimSteps,
        DdpmSteps,
        DpmFlowSteps,
        DpmSteps,
        EulerSteps,
        FlowSteps,
        LcmSteps,
        UniPcFlowSteps {
  /**
   * The walk in so many steps.
   *
   * @throws io.zoetrope.error.UserError if there are more than the scheduler can make
   */
  SampledSchedule over(int steps);
}
