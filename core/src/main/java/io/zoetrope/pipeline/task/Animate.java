package io.zoetrope.pipeline.task;

import io.zoetrope.diffusion.Progress;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.VideoRequest;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Image to video: frames are given at the beginning, the others follow from them. F is the
 * request's.
 *
 * @param given_BCMHW the first M frames, usually one image; fewer than the clip has
 * @param level at which they start: 0 holds them to the last bit, a little more makes them again
 */
public record Animate(Tensor given_BCMHW, double level) implements VideoTask {
  @Override
  public Tensor latents(Engine engine, List<VideoRequest> requests, Progress progress) {
    throw new UnsupportedOperationException("to come");
  }
}
