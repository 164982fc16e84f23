package io.zoetrope.network.vae;

import static io.zoetrope.torch.Rearrange.rearrange;

import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.bytedeco.pytorch.Tensor;

/**
 * Frames that owe each other nothing, worked on so many at a time.
 *
 * @param phase what is done with them
 * @param many in a group, at least 1
 * @param progress is told of frames as they are done
 */
public record FramesInGroups(Phase phase, long many, Progress progress) {
  /**
   * As many in a group as a budget allows, at least one.
   *
   * @param budget bytes of activations that a group may take
   * @param perFrame bytes that one takes
   */
  public static FramesInGroups within(long budget, long perFrame, Phase phase, Progress progress) {
    return new FramesInGroups(phase, Math.max(1, budget / perFrame), progress);
  }

  /**
   * What the body makes of all of them.
   *
   * @param x_NCHW frames
   * @param body of a group, and what it calls between layers, which may take long: it may be
   *     stopped there
   * @throws java.util.concurrent.CancellationException when progress says so
   */
  public Tensor each(Tensor x_NCHW, BiFunction<Tensor, Runnable, Tensor> body) {
    long count = x_NCHW.size(0);
    return Scopes.tensor(() -> {
      List<Tensor> parts = new ArrayList<>();
      for (long from = 0; from < count; from += many) {
        long before = from;
        Runnable between = () -> going(before, count);
        Tensor group = x_NCHW.narrow(0, from, Math.min(many, count - from));
        parts.add(Scopes.tensor(() -> body.apply(group, between)));
        done(Math.min(from + many, count), count);
      }
      return parts.size() == 1 ? parts.getFirst() : Tensors.cat(parts, 0);
    });
  }

  private void done(long frames, long of) {
    progress.update(Report.of(phase, frames, of));
  }

  private void going(long frames, long of) {
    progress.requireGoing(frames, of);
    done(frames, of);
  }

  /** Clips [B, C, F, H, W] -> all their frames [B F, C, H, W]. */
  public static Tensor frames(Tensor x_BCFHW) {
    return rearrange(x_BCFHW, "b c f h w -> (b f) c h w");
  }

  /** The way back, so many frames to a clip. */
  public static Tensor clip(Tensor x_NCHW, long frames) {
    return rearrange(x_NCHW, "(b f) c h w -> b c f h w", "f", frames);
  }
}
