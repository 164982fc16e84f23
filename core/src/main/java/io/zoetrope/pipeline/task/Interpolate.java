package io.zoetrope.pipeline.task;

import io.zoetrope.diffusion.Progress;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.VideoRequest;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * The frames between two that are given, which are held to the last bit. F is the request's.
 *
 * @param first_BC1HW frame 0
 * @param last_BC1HW frame F - 1
 */
public record Interpolate(Tensor first_BC1HW, Tensor last_BC1HW) implements VideoTask {
  @Override
  public Tensor latents(Engine engine, List<VideoRequest> requests, Progress progress) {
    throw new UnsupportedOperationException("to come");
  }
}
