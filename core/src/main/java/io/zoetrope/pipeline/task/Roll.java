package io.zoetrope.pipeline.task;

import io.zoetrope.diffusion.Plans;
import io.zoetrope.diffusion.PromptCues;
import io.zoetrope.diffusion.PromptTrack;
import io.zoetrope.diffusion.Sight;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.diffusion.sampler.WindowLoop;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Frame;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.schedule.Descent;
import io.zoetrope.pipeline.schedule.Sampling;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;

/**
 * A video without end in constant memory (moving window, FIFO-Diffusion): a window of frames on a
 * diagonal of levels moves over the video; each turn cleans its first frame, gives it out and takes
 * in fresh noise at the end. The window has {@code request.frames()} frames, {@code context} of
 * them clean ones of the past; frame k depends on nothing that comes after the window in which it
 * was made. What moves are latents: frames are counted as the latents that hold them.
 *
 * @param cues at which frames the prompt changes, and over how many it blends
 * @param prompts for each clip of the batch the texts of the P prompts; one list alone is for all
 * @param context how many frames already given out stay in the network's sight, 0 to less than the
 *     window
 * @param begun_BCMHW latents to begin with, 1 to those of {@code context}; given out first
 */
public record Roll(
    PromptCues cues, List<List<String>> prompts, int context, Optional<Tensor> begun_BCMHW) {

  /** Takes latents as they are done. */
  @FunctionalInterface
  public interface Taker {
    /**
     * Takes one of each clip.
     *
     * @param number from 0
     * @param z_BC1HW which live as long as this call
     */
    void take(long number, Tensor z_BC1HW);
  }

  /** How many steps a latent makes in all, on its way through a window of so many. */
  public static int steps(int steps, int window) {
    return window * Plans.stepsPerFrame(window, steps);
  }

  /**
   * All of a video of so many latents as one plan, of which the network sees a window at a time.
   *
   * @param window latents on their way at once
   * @throws io.zoetrope.error.UserError if there is no such window
   */
  public static TimestepPlan plan(Descent descent, int latents, int window) {
    return Given.plan(() ->
        Plans.roll(
            descent.samplings().apply(steps(descent.steps(), window)).levels(), latents, window));
  }

  /**
   * Makes latents.
   *
   * @param latents how many; Long.MAX_VALUE goes on until progress cancels
   * @throws io.zoetrope.error.UserError if window, context and beginning do not fit together
   * @throws java.util.concurrent.CancellationException when progress says so
   */
  public void latents(
      Engine engine, List<VideoRequest> requests, long latents, Taker taker, Progress progress) {
    VideoRequest first = requests.getFirst();
    LatentGrid grid = engine.model().grid();
    check(grid, first.frames(), latents);
    int past = grid.following(context);
    int window = window(grid, first.frames());
    int steps = steps(first.steps(), window);
    Sampling sampling = engine.sampling(first, steps);
    Scopes.run(() ->
        engine.sampling(() -> {
          Tensor begun =
              begun_BCMHW
                  .map(z -> Given.of(engine, requests, z))
                  .orElseGet(() -> engine.canvas(requests, 0));
          Watched watched = new Watched(Counted.cues(cues, grid), taker);
          X0Denoiser guided =
              engine.guided(requests, steps, Given.prompts(prompts, requests), watched);
          new WindowLoop(sampling.sampler(), guided, sampling.levels(), window, past)
              .run(begun, latents, noise(requests), watched, progress);
          return true;
        }));
  }

  /** How many latents are on their way at once in a clip of so many frames. */
  public int window(LatentGrid grid, int clip) {
    return grid.latents(clip) - grid.following(context);
  }

  /**
   * Makes so many frames of one video and hands each over as soon as it is done.
   *
   * @param frames how many; Long.MAX_VALUE goes on until progress cancels
   * @throws UserError if the model's autoencoder shows no frame before it has seen all
   */
  public void run(
      Engine engine, VideoRequest request, long frames, Consumer<Frame> taker, Progress progress) {
    int together = engine.model().network().config().together();
    if (together > 1) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "a window that moves frame by frame is for networks that take frames one by one; this one"
              + " takes %s together".formatted(together),
          "extend makes longer videos by it");
    }
    if (frames < 1) {
      throw new UserError(Fault.INVALID, "a video has at least 1 frame, not " + frames);
    }
    LatentGrid grid = engine.model().grid();
    long latents = frames == Long.MAX_VALUE ? frames : grid.latentOf(frames - 1) + 1;
    try (Unrolled unrolled = new Unrolled(engine, request, taker, frames, progress)) {
      latents(engine, List.of(request), latents, (number, z) -> unrolled.take(z), progress);
    }
  }

  private void check(LatentGrid grid, int clip, long latents) {
    if (context < 0 || window(grid, clip) < 2) {
      throw new UserError(
          Fault.INVALID,
          "a window of %s frames has 0 to %s of the past, not %s"
              .formatted(clip, Math.max(0, clip - 2), context));
    }
    if (latents < 1) {
      throw new UserError(Fault.INVALID, "a video has at least 1 frame, not " + latents);
    }
    long begun = begun_BCMHW.map(z -> z.size(2)).orElse(0L);
    if (begun > grid.following(context)) {
      throw new UserError(
          Fault.INVALID,
          "%s frames to begin with need a context of as many, not %s".formatted(begun, context));
    }
  }

  private static Noise noise(List<VideoRequest> requests) {
    return new Noise(
        requests.stream().map(r -> new RandomStreams(r.seed()).child("clip", 0)).toList(), 0);
  }

  /** Moves what is seen along with the window. */
  private final class Watched implements WindowLoop.Watcher, Sight {
    private final PromptCues cues;
    private final Taker taker;
    private long first;

    Watched(PromptCues cues, Taker taker) {
      this.cues = cues;
      this.taker = taker;
    }

    @Override
    public void at(long first, int frames) {
      this.first = first;
    }

    @Override
    public long first() {
      return first;
    }

    @Override
    public PromptTrack prompts(int frames) {
      return cues.track(first, frames);
    }

    @Override
    public void done(long number, Tensor z_BC1HW) {
      taker.take(number, z_BC1HW);
    }
  }
}
