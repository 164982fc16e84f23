package io.zoetrope.pipeline.task;

import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.Job;
import io.zoetrope.pipeline.ShownPicture;
import io.zoetrope.pipeline.TextToVideo;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * A video of a picture, by a model that is shown it on every frame: all frames fall from noise
 * together, so the first one is near to the picture and not the picture.
 */
public record FromPicture(ShownPicture picture) {
  /** As {@link VideoTask#latents}: the whole clip. */
  public Tensor latents(Engine engine, List<VideoRequest> requests, Progress progress) {
    return Scopes.tensor(() -> {
      int latents = engine.latents(requests.getFirst().frames());
      TimestepPlan plan = TextToVideo.plan(engine.descent(requests.getFirst()), latents);
      Engine shown = picture.over(engine, latents, progress);
      return shown.run(Job.of(plan, requests, engine.canvas(requests, latents)), progress);
    });
  }
}
