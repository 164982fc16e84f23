package io.zoetrope.diffusion.sampler;

import io.zoetrope.diffusion.Plans;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import io.zoetrope.progress.WithinStep;
import io.zoetrope.torch.Finite;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.bytedeco.pytorch.Tensor;

/**
 * The loop for a video without end: a window on a diagonal of levels moves over it (Kim et al.
 * 2024, "FIFO-Diffusion"). It begins with {@link Plans#warmUp} and goes on with turns of {@link
 * Plans#movingWindow}, each of which finishes one frame. The same as the long pyramid {@link
 * Plans#roll}, of which the denoiser sees only the window at a time. Native memory is flat over any
 * number of frames; a frame depends on nothing that comes after its window.
 *
 * @param sampler how a step is made
 * @param denoiser network, guidance and what the video is conditioned on
 * @param levels down which frames fall, from 1 to 0; a multiple of {@code window} steps
 * @param window how many frames are on their way, at least 2
 * @param context how many finished frames stay in sight before them, 0 or more
 */
@SuppressWarnings("ArrayRecordComponent") // never written to
public record WindowLoop(
    Sampler sampler, X0Denoiser denoiser, double[] levels, int window, int context) {
  public WindowLoop {
    if (window < 2) {
      throw new IllegalArgumentException("a moving window has at least 2 frames, not " + window);
    }
    if (context < 0) {
      throw new IllegalArgumentException("a context has 0 frames or more, not " + context);
    }
    Plans.movingWindow(levels, window);
  }

  /** Who watches the window move. */
  public interface Watcher {
    /** Said before the denoiser sees a window that has moved: its first frame and its length. */
    void at(long first, int frames);

    /**
     * A frame is done.
     *
     * @param number from 0
     * @param z_BC1HW clean; lives as long as this call
     */
    void done(long number, Tensor z_BC1HW);
  }

  /**
   * Makes a video.
   *
   * @param begun_BCMHW frames to begin with, clean, M of 0 to {@code context}; C, H and W are those
   *     of the video
   * @param frames how many will be done, with those given; Long.MAX_VALUE: until cancelled
   * @param noise its first frame is frame 0
   * @throws CancellationException when progress says so, between steps
   * @throws io.zoetrope.error.UserError after the first step whose latents are not finite numbers
   */
  public void run(
      Tensor begun_BCMHW, long frames, Noise noise, Watcher watcher, Progress progress) {
    if (begun_BCMHW.size(2) > context) {
      throw new IllegalArgumentException(
          "%s frames to begin with do not fit a context of %s"
              .formatted(begun_BCMHW.size(2), context));
    }
    Scopes.noGrad(() -> {
      try (Sampler.Run run = sampler.begin(denoiser, noise);
          Window state = new Window(run, begun_BCMHW, frames, noise, watcher, progress)) {
        state.all();
      }
      return true;
    });
  }

  /** The window of one run: z and where it is. */
  private final class Window implements AutoCloseable {
    private final Sampler.Run run;
    private final long frames;
    private final Noise noise;
    private final Watcher watcher;
    private final Progress progress;
    private final int perFrame = (levels.length - 1) / window;
    private final long total;

    /** Frames first..front-1 are clean, front..front+window-1 on their way. */
    private Tensor z;

    private long first;
    private long front;
    private long steps;

    Window(
        Sampler.Run run,
        Tensor begun,
        long frames,
        Noise noise,
        Watcher watcher,
        Progress progress) {
      this.run = run;
      this.frames = frames;
      this.noise = noise;
      this.watcher = watcher;
      this.progress = progress;
      front = begun.size(2);
      // Turns are counted only as far as a number goes.
      long turns = Math.min(frames - front, Long.MAX_VALUE / levels.length);
      total = levels.length - 1 - perFrame + perFrame * turns;
      z =
          Scopes.keep(
              Scopes.tensor(() -> Tensors.cat(List.of(begun, fresh(begun, front, window)), 2)));
    }

    void all() {
      for (long i = 0; i < Math.min(front, frames); i++) {
        give(i);
      }
      if (front >= frames) {
        return;
      }
      watcher.at(first, Math.toIntExact(front - first) + window);
      walk(Plans.warmUp(levels, window));
      TimestepPlan turn = Plans.movingWindow(levels, window);
      while (true) {
        walk(turn);
        give(front);
        if (front + 1 >= frames) {
          return;
        }
        slide();
      }
    }

    private void walk(TimestepPlan plan) {
      int past = Math.toIntExact(front - first);
      TimestepPlan whole = past == 0 ? plan : plan.after(past);
      for (int row = 0; row < whole.steps(); row++) {
        progress.requireGoing(steps, total);
        int from = row;
        steps++;
        replace(
            Scopes.tensor(() -> {
              Tensor next =
                  WithinStep.run(
                      progress,
                      steps - 1,
                      total,
                      () -> run.step(z, whole.row_1F(from), whole.row_1F(from + 1)));
              Finite.require(next, "the latents after step " + steps);
              progress.update(
                  Report.of(Phase.SAMPLE, steps, total)
                      .row(Report.Row.of(from + 1, whole.steps(), whole.row(from + 1)))
                      .firstFrame(noise.firstFrame() + first)
                      .preview(run::lastX0));
              return next;
            }));
      }
    }

    private void give(long number) {
      Scopes.run(() -> watcher.done(number, z.narrow(2, number - first, 1)));
    }

    private void slide() {
      front++;
      int dropped = front - first > context ? 1 : 0;
      long fresh = front + window - 1;
      replace(
          Scopes.tensor(() -> {
            run.slide(dropped, 1);
            Tensor stay = z.narrow(2, dropped, z.size(2) - dropped);
            return Tensors.cat(List.of(stay, fresh(stay, fresh, 1)), 2);
          }));
      first += dropped;
      watcher.at(first, Math.toIntExact(front - first) + window);
    }

    /** Noise at level 1 for frames from {@code number} on. */
    private Tensor fresh(Tensor like, long number, int count) {
      long[] shape = Tensors.shape(like);
      shape[2] = count;
      Tensor nothing = Tensors.zeros(shape).to(like.device(), like.scalar_type());
      TimestepPlan plan = TimestepPlan.uniform(1, count);
      return SamplerLoop.start(
          plan, denoiser.schedule(), nothing, noise.from(noise.firstFrame() + number));
    }

    private void replace(Tensor next) {
      Tensor before = z;
      z = Scopes.keep(next);
      Scopes.free(before);
    }

    @Override
    public void close() {
      Scopes.free(z);
    }
  }
}
