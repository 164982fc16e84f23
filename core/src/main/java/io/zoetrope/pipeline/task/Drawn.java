package io.zoetrope.pipeline.task;

import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.Job;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * A plan that a user drew. It counts latents. F is the plan's, and so are the steps: those of the
 * request are of no matter.
 *
 * @param plan levels, given frames, prompt weights
 * @param prompts for each clip of the batch the texts of the plan's P prompts; one list alone is
 *     for all
 * @param given_BCFHW content of the plan's given frames, which are alone read; empty if it has none
 */
public record Drawn(TimestepPlan plan, List<List<String>> prompts, Optional<Tensor> given_BCFHW)
    implements VideoTask {
  @Override
  public Tensor latents(Engine engine, List<VideoRequest> requests, Progress progress) {
    List<List<String>> texts = Given.prompts(prompts, requests);
    int given = plan.givenCount();
    if (given > 0 && given_BCFHW.isEmpty()) {
      throw new UserError(
          Fault.INVALID, "this plan has %s given frames".formatted(given), "give them");
    }
    given_BCFHW.ifPresent(z -> {
      if (z.size(2) != plan.frames()) {
        throw new UserError(
            Fault.MISMATCH,
            "the plan has %s frames, the given video %s".formatted(plan.frames(), z.size(2)));
      }
    });
    for (int frame = 0; frame < plan.frames(); frame++) {
      double end = plan.level(plan.steps(), frame);
      if (end > 0) {
        throw new UserError(
            Fault.INVALID,
            "frame %s of this plan ends at level %s, as noise".formatted(frame, end),
            "end it at 0");
      }
    }
    for (List<String> clip : texts) {
      if (clip.size() != plan.prompts().prompts()) {
        throw new UserError(
            Fault.INVALID,
            "this plan has %s prompts, not %s".formatted(plan.prompts().prompts(), clip.size()),
            "give as many");
      }
    }
    return Scopes.tensor(() -> {
      Tensor content =
          given_BCFHW
              .map(z -> Given.of(engine, requests, z))
              .orElseGet(() -> engine.canvas(requests, plan.frames()));
      return engine.run(new Job(plan, requests, texts, content, "clip", 0, 0), progress);
    });
  }
}
