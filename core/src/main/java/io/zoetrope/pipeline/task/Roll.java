package io.zoetrope.pipeline.task;

import io.zoetrope.diffusion.Progress;
import io.zoetrope.diffusion.PromptCues;
import io.zoetrope.media.Frame;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.VideoRequest;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;

/**
 * A video without end in constant memory (moving window, FIFO-Diffusion): a window of frames on a
 * diagonal of levels moves over the video; each turn cleans its first frame, gives it out and takes
 * in fresh noise at the end. The window has {@code request.frames()} frames, {@code context} of
 * them clean ones of the past; frame k depends on nothing that comes after the window in which it
 * was made.
 *
 * @param cues at which frames the prompt changes, and over how many it blends
 * @param prompts for each clip of the batch the texts of the P prompts; one list alone is for all
 * @param context how many frames already given out stay in the network's sight, 0 to less than the
 *     window
 * @param begun_BCMHW frames to begin with, 1 to {@code context} of them; given out first
 */
public record Roll(
    PromptCues cues, List<List<String>> prompts, int context, Optional<Tensor> begun_BCMHW) {

  /** Takes frames as they are done. */
  @FunctionalInterface
  public interface Taker {
    /**
     * Takes a frame.
     *
     * @param number from 0
     * @param z_BC1HW its latents; valid during this call
     * @return whether to go on
     */
    boolean take(long number, Tensor z_BC1HW);
  }

  /**
   * Makes latents until the taker has enough.
   *
   * @param progress told of frames: done, and {@code frames} in all
   * @param frames how many will be taken, or 0 if nobody knows; progress reports it, nothing else
   */
  public void latents(
      Engine engine, List<VideoRequest> requests, long frames, Taker taker, Progress progress) {
    throw new UnsupportedOperationException("to come");
  }

  /** Makes so many frames of one video and hands each over as soon as it is done. */
  public void run(
      Engine engine, VideoRequest request, long frames, Consumer<Frame> taker, Progress progress) {
    throw new UnsupportedOperationException("to come");
  }
}
