package io.zoetrope.pipeline.model;

import io.zoetrope.checkpoint.WeightSource;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import io.zoetrope.torch.PackedTensor;
import java.util.AbstractMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Tells how many bytes of a model's weights are loaded, of all its parts together, and stops
 * between two weights. Those that are used as they lie in their files count when they are found.
 */
final class Loading {
  private final Progress progress;
  private final long total;
  private long done;

  Loading(Progress progress, List<WeightSource> parts) {
    this.progress = progress;
    total = parts.stream().mapToLong(Loading::bytes).sum();
  }

  private static long bytes(WeightSource part) {
    return part.tensors().values().stream().mapToLong(PackedTensor::bytes).sum();
  }

  /** All are there that are used. */
  void finished() {
    progress.update(Report.of(Phase.LOAD, Math.max(done, total), Math.max(done, total)));
  }

  /** The weights of a part, which tells whenever one is asked for. */
  Map<String, Tensor> told(WeightSource part) {
    Map<String, Tensor> weights = part.tensors();
    return new AbstractMap<>() {
      @Override
      public Set<Entry<String, Tensor>> entrySet() {
        return weights.entrySet();
      }

      @Override
      public @Nullable Tensor get(@Nullable Object name) {
        Tensor found = weights.get(name);
        if (found != null) {
          progress.requireGoing(done, total);
          done += PackedTensor.bytes(found);
          progress.update(Report.of(Phase.LOAD, done, Math.max(done, total)));
        }
        return found;
      }
    };
  }
}
