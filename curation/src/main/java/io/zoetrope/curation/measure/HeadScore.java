package io.zoetrope.curation.measure;

import io.zoetrope.eval.features.AestheticsHead;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.util.Optional;

/** An aesthetics head, opened when it is first needed, and open as long as the process. */
final class HeadScore {
  private final Path file;
  private Optional<AestheticsHead> head = Optional.empty();

  HeadScore(Path file) {
    this.file = file;
  }

  /** What it says of an embedding. */
  synchronized double of(double[] embedding) {
    AestheticsHead opened = head.orElseGet(() -> AestheticsHead.load(file));
    head = Optional.of(opened);
    float[] values = new float[embedding.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) embedding[i];
    }
    return Scopes.value(
        () -> Tensors.toDoubles(opened.scores(Tensors.of(values, 1, values.length)))[0]);
  }
}
