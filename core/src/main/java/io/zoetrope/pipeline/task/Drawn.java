package io.zoetrope.pipeline.task;

import io.zoetrope.diffusion.Progress;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.VideoRequest;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * A plan that a user drew. F is the plan's, and so are the steps: those of the request are of no
 * matter.
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
    throw new UnsupportedOperationException("to come");
  }
}
