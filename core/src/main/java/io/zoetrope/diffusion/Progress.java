package io.zoetrope.diffusion;

import java.util.Optional;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/** Where anything long reports to, and how it is stopped. Called on the working thread. */
@FunctionalInterface
public interface Progress {
  /** Reports to nobody and never cancels. */
  Progress NONE = (done, total, preview) -> {};

  /**
   * Called after each step.
   *
   * @param done steps finished
   * @param total steps in all
   * @param preview the clean video as estimated by now, [B, C, F, H, W]; made on demand, valid only
   *     during this call; empty if there is none
   */
  void update(long done, long total, Supplier<Optional<Tensor>> preview);

  /**
   * Asked between steps; true stops the work with a {@link
   * java.util.concurrent.CancellationException}.
   */
  default boolean cancelled() {
    return false;
  }
}
