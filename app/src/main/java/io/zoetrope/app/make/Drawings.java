package io.zoetrope.app.make;

import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.pipeline.task.Drawn;
import io.zoetrope.torch.UserError;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/**
 * What {@code --plan} does, and what the plan must be like for the command to which it is given.
 */
final class Drawings {
  private Drawings() {}

  /** Sampling by a plan. */
  static Order.Take take(TimestepPlan plan, List<String> prompts, Optional<Tensor> given_BCFHW) {
    return (engine, request, progress) ->
        new Drawn(plan, List.of(prompts), given_BCFHW).run(engine, request, progress);
  }

  static boolean gives(TimestepPlan plan) {
    return IntStream.range(0, plan.frames()).anyMatch(plan::given);
  }

  /**
   * @param mend which commands have something to give
   */
  static void requireNothingGiven(TimestepPlan plan, String mend) {
    int first = IntStream.range(0, plan.frames()).filter(plan::given).findFirst().orElse(-1);
    if (first >= 0) {
      throw new UserError(
          "the plan wants frame %d given, and there is none to give: %s".formatted(first, mend));
    }
  }

  /** Something is given, so the plan must have use for it. */
  static void requireGiven(TimestepPlan plan) {
    if (!gives(plan)) {
      throw new UserError(
          "the plan marks no frame as given, so the source would not be seen: mark some, or take"
              + " 'generate'");
    }
  }

  static void requirePrompts(TimestepPlan plan, int prompts) {
    int planned = plan.prompts().prompts();
    if (planned != prompts) {
      throw new UserError(
          "the plan has weights for %d prompts, and %d %s: %s"
              .formatted(
                  planned,
                  prompts,
                  prompts == 1 ? "is given" : "are given",
                  planned > 1 ? "'travel' takes several" : "leave its \"prompts\" out"));
    }
  }
}
