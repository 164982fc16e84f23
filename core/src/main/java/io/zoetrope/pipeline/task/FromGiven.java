package io.zoetrope.pipeline.task;

import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.GivenVideo;
import io.zoetrope.pipeline.Job;
import io.zoetrope.pipeline.TextToVideo;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * A video of which some is given, by a model that is shown that beside the noise: all frames fall
 * from noise together, those that are given as well.
 *
 * @param given pixels
 * @param tokens_1ND what the model's reader of pictures makes of the given ones; no rows where it
 *     has none
 */
public record FromGiven(GivenVideo given, Tensor tokens_1ND) {
  /** As {@link VideoTask#latents}: the whole clip. */
  public Tensor latents(Engine engine, List<VideoRequest> requests, Progress progress) {
    return Scopes.tensor(() -> {
      Engine shown = engine.withGiven(given, progress);
      Engine looking = tokens_1ND.size(1) == 0 ? shown : shown.withLooks(tokens_1ND);
      int before = given.references().size();
      int latents = engine.latents(Math.toIntExact(given.x_13FHW().size(2)));
      TimestepPlan plan = TextToVideo.plan(engine.descent(requests.getFirst()), before + latents);
      Tensor nothing = engine.canvas(requests, before + latents);
      return looking.run(Job.of(plan, requests, nothing), progress).narrow(2, before, latents);
    });
  }
}
