package io.zoetrope.pipeline.task;

import io.zoetrope.diffusion.Plans;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.Job;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.schedule.Descent;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * The frames between two that are given, which are held to the last bit. F is the request's.
 *
 * @param first_BC1HW frame 0
 * @param last_BC1HW frame F - 1: where a latent holds several, all that the last one holds ({@link
 *     Engine#encodeAtRest})
 */
public record Interpolate(Tensor first_BC1HW, Tensor last_BC1HW) implements VideoTask {
  /**
   * The plan of a clip.
   *
   * @throws io.zoetrope.error.UserError if it has fewer than 3 latents
   */
  public static TimestepPlan plan(Descent descent, int latents) {
    return Given.plan(() -> Plans.interpolate(descent.levels(), latents));
  }

  @Override
  public Tensor latents(Engine engine, List<VideoRequest> requests, Progress progress) {
    VideoRequest request = requests.getFirst();
    int latents = engine.latents(request.frames());
    TimestepPlan plan = plan(engine.descent(request), latents);
    return Scopes.tensor(() -> {
      Tensor first = Given.frame(engine, requests, first_BC1HW);
      Tensor last = Given.frame(engine, requests, last_BC1HW);
      Tensor between = engine.canvas(requests, latents - 2);
      Tensor content = Tensors.cat(List.of(first, between, last), 2);
      return engine.run(Job.of(plan, requests, content), progress);
    });
  }
}
