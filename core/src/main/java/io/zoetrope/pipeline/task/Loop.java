package io.zoetrope.pipeline.task;

import io.zoetrope.diffusion.Progress;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.VideoRequest;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * A loop that begins with an image and returns to it: F frames, the request's, after the last of
 * which the first follows. One more frame is sampled, given the same image, and dropped.
 *
 * @param image_BC1HW frame 0
 */
public record Loop(Tensor image_BC1HW) implements VideoTask {
  @Override
  public Tensor latents(Engine engine, List<VideoRequest> requests, Progress progress) {
    throw new UnsupportedOperationException("to come");
  }
}
