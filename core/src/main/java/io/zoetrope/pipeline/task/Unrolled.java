package io.zoetrope.pipeline.task;

import io.zoetrope.media.Frame;
import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Progress;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;

/** Frames of a video that is made latent by latent, each decoded as it comes. */
final class Unrolled implements AutoCloseable {
  private final Engine engine;
  private final Consumer<Frame> taker;
  private final Progress progress;
  private final Autoencoder.Passage passage;

  /** Frames still to be handed over. */
  private long left;

  /**
   * @param request in whose size
   * @param frames how many are handed over; the last latent may hold more
   * @throws io.zoetrope.error.UserError if the autoencoder shows no frame before it has seen all
   */
  Unrolled(
      Engine engine, VideoRequest request, Consumer<Frame> taker, long frames, Progress progress) {
    this.engine = engine;
    this.taker = taker;
    this.progress = progress.silent();
    passage = engine.decoding(request);
    left = frames;
  }

  void take(Tensor z_1C1HW) {
    for (Frame frame : engine.decode(passage, z_1C1HW, progress)) {
      if (left > 0) {
        taker.accept(frame);
        left--;
      }
    }
  }

  @Override
  public void close() {
    passage.close();
  }
}
