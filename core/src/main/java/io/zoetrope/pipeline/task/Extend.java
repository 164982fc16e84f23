package io.zoetrope.pipeline.task;

import io.zoetrope.diffusion.Progress;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.VideoRequest;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * A clip made longer, clip by clip: each takes the last {@code overlap} frames of what there is,
 * held, and adds {@code request.frames() - overlap} new ones. Overlap 1 is chaining on the last
 * frame. What a shorter result holds is the beginning of a longer one.
 *
 * @param begun_BCFHW the beginning, at least {@code overlap} frames; kept to the last bit. Empty
 *     begins with text to video
 * @param frames F of the result
 * @param overlap M, 1 to less than the clip length
 */
public record Extend(Optional<Tensor> begun_BCFHW, int frames, int overlap) implements VideoTask {
  @Override
  public Tensor latents(Engine engine, List<VideoRequest> requests, Progress progress) {
    throw new UnsupportedOperationException("to come");
  }
}
