package io.zoetrope.network.vae.wan;

import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import io.zoetrope.progress.WithinStep;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** A clip on its way through encoder or decoder, frame by frame. */
final class WanPassage implements Autoencoder.Passage {
  private static final long RGB = 3;

  private final Phase phase;
  private final LatentGrid grid;
  private final Run run;
  private final UnaryOperator<Tensor> before;
  private final UnaryOperator<Tensor> after;
  private boolean begun;

  /**
   * @param before from a clip [B, C, T, H, W] as it is given to what is cut into frames
   * @param after from what they become, [B, C, T, H, W], to what is handed back
   */
  private WanPassage(
      Phase phase,
      LatentGrid grid,
      Run run,
      UnaryOperator<Tensor> before,
      UnaryOperator<Tensor> after) {
    this.phase = phase;
    this.grid = grid;
    this.run = run;
    this.before = before;
    this.after = after;
  }

  /**
   * @param after from moments [B, 2 C, L, h, w] to what is handed back
   */
  static WanPassage encoding(WanVaeConfig config, Run run, UnaryOperator<Tensor> after) {
    int patch = config.patch();
    return new WanPassage(Phase.ENCODE, config.grid(), run, x -> folded(x, patch), after);
  }

  /**
   * @param before from what is given to raw latents
   */
  static WanPassage decoding(WanVaeConfig config, Run run, UnaryOperator<Tensor> before) {
    int patch = config.patch();
    return new WanPassage(Phase.DECODE, config.grid(), run, before, x -> unfolded(x, patch));
  }

  @Override
  public Tensor next(Tensor piece, Progress progress) {
    return Scopes.noGrad(() -> through(piece, progress));
  }

  /** As {@link #next}, with gradients where they are recorded. */
  Tensor through(Tensor piece, Progress progress) {
    return Scopes.part(() -> {
      Tensor given = before.apply(piece.to(ScalarType.Float));
      long clips = given.size(0);
      long total = clips * frames(Math.toIntExact(given.size(2)));
      begun = true;
      List<Tensor> made = new ArrayList<>();
      for (long t = 0; t < given.size(2); t++) {
        Tensor frame_BHWC = given.select(2, t).permute(0, 2, 3, 1).contiguous();
        long done = clips * (phase == Phase.ENCODE ? t : made.size());
        progress.requireGoing(done, total);
        List<Tensor> next = WithinStep.run(progress, done, total, () -> run.next(frame_BHWC));
        made.addAll(next);
        long now = clips * (phase == Phase.ENCODE ? t + 1 : made.size());
        progress.update(Report.of(phase, now, total));
      }
      return after.apply(Tensors.stack(made, 1).permute(0, 4, 1, 2, 3)).contiguous();
    });
  }

  /** Frames of pixels in a piece of so many frames or latents. */
  private long frames(int length) {
    if (phase == Phase.ENCODE) {
      return length;
    }
    return begun ? (long) length * grid.time() : grid.frames(length);
  }

  @Override
  public void close() {
    run.close();
  }

  /** Squares of pixels to channels, in the order of color, column, row. */
  private static Tensor folded(Tensor x, long side) {
    if (side == 1) {
      return x;
    }
    long b = x.size(0);
    long f = x.size(2);
    long h = x.size(3) / side;
    long w = x.size(4) / side;
    return x.reshape(b, RGB, f, h, side, w, side)
        .permute(0, 1, 6, 4, 2, 3, 5)
        .reshape(b, RGB * side * side, f, h, w);
  }

  private static Tensor unfolded(Tensor x, long side) {
    if (side == 1) {
      return x;
    }
    long b = x.size(0);
    long f = x.size(2);
    long h = x.size(3);
    long w = x.size(4);
    return x.reshape(b, RGB, side, side, f, h, w)
        .permute(0, 1, 4, 5, 3, 6, 2)
        .reshape(b, RGB, f, h * side, w * side);
  }
}
