package io.zoetrope.network.vae;

import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import java.util.List;
import java.util.Optional;
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

  /** Frames of so many pixels on one side or the other, in groups of which progress is told. */
  FramesInGroups groups(Phase phase, long height, long width, Progress progress) {
    return FramesInGroups.within(budget, bytesPerFrame(height, width), phase, progress);
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
}
