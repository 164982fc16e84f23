package io.zoetrope.app.make;

import io.zoetrope.diffusion.Progress;
import java.util.Optional;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/**
 * Progress over two runs, one after the other, as if they were one. How long the second is, nobody
 * knows before it begins: until then it counts as long as the first.
 */
final class Halves {
  private final Progress progress;
  private long before;

  Halves(Progress progress) {
    this.progress = progress;
  }

  Progress first() {
    return new Half() {
      @Override
      public void update(long done, long total, Supplier<Optional<Tensor>> preview) {
        before = total;
        progress.update(done, 2 * total, preview);
      }
    };
  }

  Progress second() {
    return new Half() {
      @Override
      public void update(long done, long total, Supplier<Optional<Tensor>> preview) {
        progress.update(before + done, before + total, preview);
      }
    };
  }

  private abstract class Half implements Progress {
    @Override
    public boolean cancelled() {
      return progress.cancelled();
    }
  }
}
