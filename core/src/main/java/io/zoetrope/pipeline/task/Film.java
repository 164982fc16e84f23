package io.zoetrope.pipeline.task;

import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** Latents that grow clip by clip. It borrows what it holds from the scope around. */
final class Film {
  private final List<Tensor> parts = new ArrayList<>();

  /** How many there are. */
  int latents() {
    return Math.toIntExact(parts.stream().mapToLong(part -> part.size(2)).sum());
  }

  void add(Tensor z_BCFHW) {
    parts.add(z_BCFHW);
  }

  /** Keeps the first ones and forgets the others. */
  void cut(int latents) {
    int over = latents() - latents;
    while (over > 0) {
      Tensor last = parts.removeLast();
      if (last.size(2) > over) {
        parts.add(last.narrow(2, 0, last.size(2) - over));
      }
      over -= Math.toIntExact(last.size(2));
    }
  }

  /** The last ones. */
  Tensor tail(int latents) {
    return part(latents() - latents, latents);
  }

  /** The first ones. */
  Tensor head(int latents) {
    return part(0, latents);
  }

  private Tensor part(int first, int count) {
    return Scopes.tensor(() -> Tensors.cat(parts, 2).narrow(2, first, count));
  }
}
