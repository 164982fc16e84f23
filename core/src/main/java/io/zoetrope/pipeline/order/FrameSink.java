package io.zoetrope.pipeline.order;

import io.zoetrope.media.Frame;
import io.zoetrope.pipeline.cascade.CascadeRun;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Progress;
import java.nio.file.Path;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * Where the frames of an order go, as they are made: {@link #begin}, frames, {@link #finish} unless
 * something went wrong, and {@link #close} in any case. A file is a {@link FileSink}.
 */
public interface FrameSink extends AutoCloseable {
  /**
   * Size and rate are known, and nothing is computed yet: what cannot take them says so now.
   *
   * @throws io.zoetrope.error.UserError if frames of this kind cannot go there
   */
  void begin(Shot shot);

  /** Whether sound can go there beside frames. */
  default boolean sounds() {
    return false;
  }

  /** Who is shown what is being sampled while it is; asked once, after {@link #begin}. */
  default Optional<Estimates> estimates() {
    return Optional.empty();
  }

  /** Who is told of the stages of a cascade, and of what each made. */
  default CascadeRun.Watch watch() {
    return CascadeRun.Watch.NONE;
  }

  /** Takes the next frame. */
  void frame(Frame frame);

  /**
   * Told in a line what a person may want to know: what was done to a source, what was not read.
   */
  default void note(String line) {}

  /**
   * Told of the latents before they are decoded, unless frames are made one by one.
   *
   * @param z_1CFHW lives as long as this call
   */
  default void latents(VideoModel model, VideoRequest request, Tensor z_1CFHW) {}

  /**
   * Told of latents that could not be decoded: work that may be worth keeping.
   *
   * @param z_1CFHW lives as long as this call
   * @return where they are kept; empty if they are not
   */
  default Optional<Path> keep(VideoModel model, VideoRequest request, Tensor z_1CFHW) {
    return Optional.empty();
  }

  /**
   * The last frame was handed over, and nobody cancelled.
   *
   * @param progress told of what is done only now; may cancel
   */
  default void finish(Progress progress) {}

  /** The order is at its end, also where it failed, was cancelled, or could not begin here. */
  @Override
  default void close() {}
}
