package io.zoetrope.network.vae.tiny;

import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import io.zoetrope.progress.WithinStep;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A clip on its way through the encoder or the decoder. Each frame goes through all steps before
 * the next begins, so that of the finest resolution there is never more than a frame.
 */
final class TinyPassage implements Autoencoder.Passage {
  private static final long RGB = 3;

  private final Phase phase;
  private final TinyConfig config;
  private final List<Step> steps;
  private final Held held = new Held();
  private boolean begun;

  private TinyPassage(Phase phase, TinyConfig config, List<Step> steps) {
    this.phase = phase;
    this.config = config;
    this.steps = steps;
  }

  static TinyPassage encoding(TinyConfig config, List<Step> steps) {
    return new TinyPassage(Phase.ENCODE, config, steps);
  }

  static TinyPassage decoding(TinyConfig config, List<Step> steps) {
    return new TinyPassage(Phase.DECODE, config, steps);
  }

  @Override
  public Tensor next(Tensor piece, Progress progress) {
    return Scopes.noGrad(() ->
        Scopes.tensor(() ->
            phase == Phase.ENCODE
                ? encode(piece.to(ScalarType.Float), progress)
                : decode(piece.to(ScalarType.Float), progress)));
  }

  /** A whole clip: a latent owes something to frames behind its own. */
  private Tensor encode(Tensor x_B3FHW, Progress progress) {
    if (begun) {
      throw new IllegalStateException("this autoencoder encodes clips as a whole");
    }
    begun = true;
    int frames = Math.toIntExact(x_B3FHW.size(2));
    int latents = config.grid().latents(frames);
    int space = config.grid().space();
    Tensor made =
        Tensors.zeros(
            x_B3FHW.size(0),
            config.latentChannels(),
            latents,
            x_B3FHW.size(3) / space,
            x_B3FHW.size(4) / space);
    Sink sink = new Sink(Tensors.beside(x_B3FHW, made), z -> z, 0);
    long clips = x_B3FHW.size(0);
    for (int frame = 0; frame < latents * config.grid().time(); frame++) {
      Tensor one = x_B3FHW.select(2, Math.min(frame, frames - 1));
      sink.given = Math.min(frame + 1, frames);
      long done = clips * Math.min(frame, frames);
      through(folded(Ops.mul(Ops.add(one, 1), 0.5)), sink, done, clips * frames, progress);
    }
    return sink.made;
  }

  private Tensor decode(Tensor z_BCLHW, Progress progress) {
    int latents = Math.toIntExact(z_BCLHW.size(2));
    int time = config.grid().time();
    int dropped = begun ? 0 : time - 1;
    begun = true;
    long space = config.grid().space();
    int frames = latents * time - dropped;
    Tensor made =
        Tensors.zeros(
            z_BCLHW.size(0), RGB, frames, z_BCLHW.size(3) * space, z_BCLHW.size(4) * space);
    Sink sink = new Sink(Tensors.beside(z_BCLHW, made), this::pixels, dropped);
    long clips = z_BCLHW.size(0);
    for (int latent = 0; latent < latents; latent++) {
      long done = clips * Math.max(0, latent * time - dropped);
      through(z_BCLHW.select(2, latent).contiguous(), sink, done, clips * frames, progress);
    }
    return sink.made;
  }

  /** Where what comes out of the last step goes. */
  private static final class Sink {
    private final Tensor made;
    private final UnaryOperator<Tensor> last;
    private final int dropped;
    private int count;
    private long given;

    Sink(Tensor made, UnaryOperator<Tensor> last, int dropped) {
      this.made = made;
      this.last = last;
      this.dropped = dropped;
    }

    /** Frames of pixels that are done: those that came out, or went in. */
    long frames(Phase phase) {
      return phase == Phase.ENCODE ? given : Math.max(0, count - dropped);
    }

    void take(Tensor frame_BCHW) {
      int at = count++ - dropped;
      if (at >= 0) {
        Scopes.run(() -> made.select(2, at).copy_(last.apply(frame_BCHW)));
      }
    }
  }

  private void through(Tensor frame, Sink sink, long done, long all, Progress progress) {
    progress.requireGoing(done, all);
    WithinStep.run(
        progress,
        done,
        all,
        () -> {
          through(0, frame, sink);
          return sink;
        });
    progress.update(Report.of(phase, frame.size(0) * sink.frames(phase), all));
  }

  private void through(int from, Tensor frame_BCHW, Sink sink) {
    if (from == steps.size()) {
      sink.take(frame_BCHW);
      return;
    }
    Scopes.run(() -> steps.get(from).next(frame_BCHW, held, made -> through(from + 1, made, sink)));
  }

  /** Pixels of a place as channels, in the order of colour, row, column. */
  private Tensor folded(Tensor x_B3HW) {
    long side = config.patch();
    long b = x_B3HW.size(0);
    long h = x_B3HW.size(2) / side;
    long w = x_B3HW.size(3) / side;
    return x_B3HW
        .reshape(b, RGB, h, side, w, side)
        .permute(0, 1, 3, 5, 2, 4)
        .reshape(b, config.pixels(), h, w);
  }

  /** The way back, from 0..1 to -1..1. */
  private Tensor pixels(Tensor x_BCHW) {
    long side = config.patch();
    long b = x_BCHW.size(0);
    long h = x_BCHW.size(2);
    long w = x_BCHW.size(3);
    Tensor x =
        x_BCHW
            .reshape(b, RGB, side, side, h, w)
            .permute(0, 1, 4, 2, 5, 3)
            .reshape(b, RGB, h * side, w * side);
    return Ops.add(Ops.mul(Ops.clamp(x, 0, 1), 2), -1);
  }

  @Override
  public void close() {
    held.close();
  }
}
