package io.zoetrope.nn;

import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * Low-rank deltas beside a layer's own weights: {@code y + sum_i scale_i B_i A_i x} (Hu et al.,
 * "LoRA", 2021, eq. 3). The layer's weights are never touched, so taking a delta away restores it
 * to the bit.
 */
public final class LoraSlot {
  /**
   * One delta.
   *
   * @param down A: [rank, in], or [rank, in, kH, kW] beside a convolution
   * @param up B: [out, rank], or [out, rank, 1, 1] beside a convolution
   * @param scale weight of the delta, {@code alpha / rank} included
   */
  public record Delta(Tensor down, Tensor up, double scale) {}

  /** How the layer applies a weight to its input. */
  @FunctionalInterface
  interface Apply {
    Tensor apply(Tensor x, Tensor weight, Optional<Tensor> bias);
  }

  private final Map<String, Delta> deltas = new LinkedHashMap<>();

  public void put(String adapter, Delta delta) {
    deltas.put(adapter, delta);
  }

  public void remove(String adapter) {
    deltas.remove(adapter);
  }

  Tensor addTo(Tensor y, Tensor x, Precision precision, Apply down, Apply up) {
    Tensor sum = y;
    for (Delta delta : deltas.values()) {
      if (delta.scale != 0) {
        Tensor inner = down.apply(x, precision.cast(delta.down), Optional.empty());
        Tensor outer = up.apply(inner, precision.cast(delta.up), Optional.empty());
        sum = Ops.addScaled(sum, outer, delta.scale);
      }
    }
    return sum;
  }

  Tensor addTo(Tensor y, Tensor x, Precision precision, Apply both) {
    return addTo(y, x, precision, both, both);
  }
}
