package io.zoetrope.pipeline.task;

import io.zoetrope.diffusion.Progress;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.VideoRequest;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Video to video: the source is noised to {@code strength} and falls from there. A source longer
 * than the request's clip is done clip by clip: the {@code overlap} frames that two clips share are
 * held as the first made them. F is the source's.
 *
 * @param source_BCFHW latents of the source
 * @param strength in (0, 1]: how much of the source is forgotten
 * @param overlap M, 1 to less than the clip length; of no matter to a source of one clip
 */
public record Restyle(Tensor source_BCFHW, double strength, int overlap) implements VideoTask {
  @Override
  public Tensor latents(Engine engine, List<VideoRequest> requests, Progress progress) {
    throw new UnsupportedOperationException("to come");
  }
}
