package io.zoetrope.pipeline.task;

import io.zoetrope.media.Video;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** A way of making a video whose length is known. */
public sealed interface VideoTask
    permits Animate,
        Drawn,
        Extend,
        HigherRate,
        Interpolate,
        Inverted,
        Loop,
        Refine,
        Restyle,
        SuperResolve,
        TextToVideoZero,
        Travel {
  /**
   * Makes the latents of several clips at once.
   *
   * @param requests one for each clip; they differ in prompts and seeds only. {@code frames} is the
   *     length of one clip as the network sees it
   * @return [B, C, F, h, w], F as the task says
   * @throws io.zoetrope.error.UserError if what is given does not fit the request
   * @throws java.util.concurrent.CancellationException when progress says so
   */
  Tensor latents(Engine engine, List<VideoRequest> requests, Progress progress);

  /** Makes one video. */
  default Video run(Engine engine, VideoRequest request, Progress progress) {
    request.requireHeap();
    return Scopes.value(
        () -> engine.decode(latents(engine, List.of(request), progress), request.fps(), progress));
  }
}
