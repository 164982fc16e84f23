package io.zoetrope.pipeline;

import io.zoetrope.diffusion.Plans;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.media.Video;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.schedule.Descent;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * From a prompt to a video: the uniform plan, in which all frames fall from noise to clean
 * together.
 */
public final class TextToVideo {
  private final Engine engine;

  public TextToVideo(Engine engine) {
    this.engine = engine;
  }

  /** The plan of a clip. */
  public static TimestepPlan plan(Descent descent, int latents) {
    return Plans.textToVideo(descent.levels(), latents);
  }

  /**
   * Makes a video.
   *
   * @throws java.util.concurrent.CancellationException when progress says so
   */
  public Video run(VideoRequest request, Progress progress) {
    request.requireHeap();
    return Scopes.value(
        () -> engine.decode(latents(List.of(request), progress), request.fps(), progress));
  }

  /**
   * The latents of several requests at once, which may differ in prompts and seeds only: [B, C, L,
   * h, w], about unit variance; L as the requests' frames are counted. Each clip's noise depends on
   * its own request alone.
   */
  public Tensor latents(List<VideoRequest> requests, Progress progress) {
    VideoRequest first = requests.getFirst();
    int latents = engine.latents(first.frames());
    return Scopes.tensor(() -> {
      Tensor nothing = engine.canvas(requests, latents);
      return engine.run(Job.of(plan(engine.descent(first), latents), requests, nothing), progress);
    });
  }

  /** Latents [1, C, F, h, w] -> a video. */
  public Video decode(Tensor z_1CFHW, double fps) {
    return engine.decode(z_1CFHW, fps);
  }
}
