package io.zoetrope.pipeline.task;

import io.zoetrope.diffusion.Progress;
import io.zoetrope.diffusion.PromptCues;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.VideoRequest;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * A video whose prompt changes on the way. Within a clip each frame follows its own prompts; where
 * clips join, M frames overlap. F is {@code frames}.
 *
 * @param cues at which frames prompts change; {@code cues.blend()} is M of the soft boundary (the
 *     overlapping frames start on a ramp of levels and the prompt is blended over the same ramp), 0
 *     is a hard edge (the overlapping frames are held, the next frame has the new prompt)
 * @param prompts for each clip of the batch the P texts; one list alone is for all
 * @param frames F of the result
 * @param overlap M of joins at which no prompt changes softly
 */
public record Travel(PromptCues cues, List<List<String>> prompts, int frames, int overlap)
    implements VideoTask {
  @Override
  public Tensor latents(Engine engine, List<VideoRequest> requests, Progress progress) {
    throw new UnsupportedOperationException("to come");
  }
}
