package io.zoetrope.nn;

import io.zoetrope.torch.Precision;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
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
   * @param thinning what is left away of it in training
   */
  public record Delta(Tensor down, Tensor up, double scale, LoraThinning.Layer thinning) {
    /** All of it. */
    public Delta(Tensor down, Tensor up, double scale) {
      this(down, up, scale, LoraThinning.WHOLE);
    }
  }

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

  /**
   * @param y what the layer has made without, which is changed
   */
  Tensor addTo(Tensor y, Tensor x, Precision precision, Apply down, Apply up) {
    for (Delta delta : deltas.values()) {
      if (delta.scale != 0 && delta.thinning.acts()) {
        Tensor seen = delta.thinning.input(x);
        Tensor inner = down.apply(seen, precision.cast(delta.down), Optional.empty());
        boolean image = delta.down.dim() == 4;
        Tensor kept = delta.thinning.ranks(inner, image ? 1 : inner.dim() - 1);
        Tensor outer = up.apply(kept, precision.cast(delta.up), Optional.empty());
        // In y's own memory: the layers behind choose their ways by how that is laid out.
        Tensor unused = y.add_(outer, new Scalar(delta.scale));
      }
    }
    return y;
  }

  Tensor addTo(Tensor y, Tensor x, Precision precision, Apply both) {
    return addTo(y, x, precision, both, both);
  }
}
