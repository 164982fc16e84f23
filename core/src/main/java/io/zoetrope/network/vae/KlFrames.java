package io.zoetrope.network.vae;

import static io.zoetrope.torch.Rearrange.rearrange;

import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/**
 * How frames that owe each other nothing are worked on: in as large groups as a budget allows, at
 * least one at a time, and in tiles where they are larger than one.
 *
 * @param budget bytes of activations that a group may take
 */
record KlFrames(KlConfig config, Optional<Tiling> tiling, long budget) {
  /**
   * About how many bytes of activations one frame takes at once: three tensors at full resolution,
   * as wide as its widest input there. With tiles, a tile's.
   *
   * @param height of the frame in pixels
   */
  long bytesPerFrame(long height, long width) {
    long side = tiling.map(t -> (long) t.latents() * config.factor()).orElse(Long.MAX_VALUE);
    List<Integer> widths = config.widths();
    long channels = Math.max(widths.getFirst(), widths.get(Math.min(1, widths.size() - 1)));
    return 3 * Float.BYTES * channels * Math.min(height, side) * Math.min(width, side);
  }

  /** Frames of so many pixels on one side or the other, and who is told of them. */
  record Groups(Phase phase, long height, long width, Progress progress) {
    private void done(long frames, long of) {
      progress.update(Report.of(phase, frames, of));
    }

    /** Within a group, which may take long: nothing more is done, and it may be stopped. */
    private void going(long frames, long of) {
      progress.requireGoing(frames, of);
      done(frames, of);
    }
  }

  /**
   * @param body of a group, and what it calls between layers
   */
  Tensor inGroups(Tensor x_NCHW, Groups groups, BiFunction<Tensor, Runnable, Tensor> body) {
    long many = Math.max(1, budget / bytesPerFrame(groups.height, groups.width));
    long count = x_NCHW.size(0);
    return Scopes.tensor(() -> {
      List<Tensor> parts = new ArrayList<>();
      for (long from = 0; from < count; from += many) {
        long before = from;
        Runnable between = () -> groups.going(before, count);
        Tensor group = x_NCHW.narrow(0, from, Math.min(many, count - from));
        parts.add(Scopes.tensor(() -> body.apply(group, between)));
        groups.done(Math.min(from + many, count), count);
      }
      return parts.size() == 1 ? parts.getFirst() : Tensors.cat(parts, 0);
    });
  }

  /** Pixels to latents by the body, in tiles where frames are larger than one. */
  Tensor encode(Tensor x, UnaryOperator<Tensor> body) {
    return tiling
        .filter(t -> t.cuts(x, config.factor()))
        .map(t -> t.encode(x, config.factor(), body))
        .orElseGet(() -> body.apply(x));
  }

  /** Latents to pixels by the body, likewise. */
  Tensor decode(Tensor z, UnaryOperator<Tensor> body) {
    return tiling
        .filter(t -> t.cuts(z, 1))
        .map(t -> t.decode(z, config.factor(), body))
        .orElseGet(() -> body.apply(z));
  }

  static Tensor frames(Tensor x_BCFHW) {
    return rearrange(x_BCFHW, "b c f h w -> (b f) c h w");
  }

  static Tensor clip(Tensor x_NCHW, long frames) {
    return rearrange(x_NCHW, "(b f) c h w -> b c f h w", "f", frames);
  }
}
