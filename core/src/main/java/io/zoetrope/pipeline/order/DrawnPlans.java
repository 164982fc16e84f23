package io.zoetrope.pipeline.order;

import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.task.Drawn;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/** What a plan that somebody drew must be like for the task to which it is given. */
final class DrawnPlans {
  private DrawnPlans() {}

  /** Sampling by a plan. */
  static Drawn task(TimestepPlan plan, Wish wish, Optional<Tensor> given_BCFHW) {
    List<String> prompts = wish.prompts().isEmpty() ? List.of("") : wish.prompts();
    return new Drawn(plan, List.of(prompts), given_BCFHW);
  }

  /** Frames of a clip by it: a plan counts latents. */
  static Optional<Integer> clip(Optional<TimestepPlan> drawn, VideoModel model) {
    return drawn.map(plan -> model.grid().frames(plan.frames()));
  }

  /**
   * Requires that it asks for nothing that is not there.
   *
   * @param mend which tasks have something to give
   */
  static void requireNothingGiven(TimestepPlan plan, String mend) {
    int first = IntStream.range(0, plan.frames()).filter(plan::given).findFirst().orElse(-1);
    if (first >= 0) {
      throw new UserError(
          "the plan wants frame %s given, and there is none to give: %s".formatted(first, mend));
    }
  }

  /** Something is given, so the plan must have use for it. */
  static void requireGiven(TimestepPlan plan) {
    if (plan.givenCount() == 0) {
      throw new UserError(
          "the plan marks no frame as given, so the source would not be seen: mark some, or take"
              + " 'generate'");
    }
  }
}
