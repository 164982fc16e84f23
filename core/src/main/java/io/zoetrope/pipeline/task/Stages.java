package io.zoetrope.pipeline.task;

import io.zoetrope.diffusion.Progress;
import java.util.Optional;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/** Progress over several sampling runs, one after another, as if they were one. */
final class Stages {
  private final Progress progress;
  private final long total;
  private long begun;

  /**
   * @param total steps of all runs together
   */
  Stages(Progress progress, long total) {
    this.progress = progress;
    this.total = total;
  }

  /** For the next run, of so many steps. */
  Progress next(int steps) {
    long before = begun;
    begun += steps;
    return new Progress() {
      @Override
      public void update(long done, long ofThese, Supplier<Optional<Tensor>> preview) {
        progress.update(before + done, total, preview);
      }

      @Override
      public boolean cancelled() {
        return progress.cancelled();
      }
    };
  }
}
