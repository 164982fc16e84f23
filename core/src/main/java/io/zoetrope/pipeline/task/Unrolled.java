package io.zoetrope.pipeline.task;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Frame;
import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.List;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;

/**
 * Frames of a video that is made latent by latent. Each is decoded with as many before it as the
 * autoencoder asks for ({@link Autoencoder.Stretch#before}), which are kept.
 */
final class Unrolled implements AutoCloseable {
  private final Engine engine;
  private final Consumer<Frame> taker;
  private final Progress progress;
  private final int before;

  /** Frames still to be handed over. */
  private long left;

  /** [1, C, M, h, w]; M is 0 to {@code before}. */
  private Tensor kept;

  /**
   * @param request in whose size
   * @param frames how many are handed over; the last latent may hold more
   * @throws UserError if the autoencoder shows no frame before it has seen all
   */
  Unrolled(
      Engine engine, VideoRequest request, Consumer<Frame> taker, long frames, Progress progress) {
    Autoencoder.Stretch stretch =
        engine.model().autoencoder().stretch(request.height(), request.width());
    if (!stretch.cuts()) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "a video without end needs an autoencoder that decodes piece by piece; this model's shows"
              + " no frame before it has seen all");
    }
    this.engine = engine;
    this.taker = taker;
    this.progress = progress.silent();
    before = stretch.before();
    left = frames;
    kept = Scopes.keep(Tensors.zeros(0));
  }

  void take(Tensor z_1C1HW) {
    Scopes.run(() -> {
      boolean alone = kept.numel() == 0;
      Tensor seen = alone ? z_1C1HW : Tensors.cat(List.of(kept, z_1C1HW), 2);
      int known = engine.model().grid().frames(alone ? 0 : Math.toIntExact(kept.size(2)));
      List<Frame> frames = engine.decode(seen, 1, progress).frames();
      for (Frame frame : frames.subList(known, frames.size())) {
        if (left > 0) {
          taker.accept(frame);
          left--;
        }
      }
      keep(seen);
    });
  }

  private void keep(Tensor seen_1CMHW) {
    if (before == 0) {
      return;
    }
    long count = Math.min(before, seen_1CMHW.size(2));
    Tensor last = seen_1CMHW.narrow(2, seen_1CMHW.size(2) - count, count).clone();
    Scopes.free(kept);
    kept = Scopes.keep(last);
  }

  @Override
  public void close() {
    Scopes.free(kept);
  }
}
