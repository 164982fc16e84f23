package io.zoetrope.nn;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.Finite;
import io.zoetrope.torch.Tensors;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;

/**
 * Low-rank updates of the weights of a network: {@code W + scale B A} (Hu et al., "LoRA", 2021).
 *
 * @param updates by layer: the name of its weight in the {@link ParameterStore} without {@code
 *     .weight}
 */
public record Lora(SequencedMap<String, Update> updates) {
  public Lora {
    updates = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(updates));
  }

  /**
   * The update of one weight.
   *
   * @param down A: [rank, in] or, beside a convolution, [rank, in, kH, kW]
   * @param up B: [out, rank] or [out, rank, 1, 1]
   * @param scale of the product, usually {@code alpha / rank}
   */
  public record Update(Tensor down, Tensor up, double scale) {
    /**
     * @throws UserError if the two do not fit together
     */
    public Update {
      long rank = down.dim() < 2 ? 0 : down.size(0);
      boolean point = up.dim() >= 2 && up.numel() == up.size(0) * up.size(1);
      if (rank < 1 || !point || up.size(1) != rank || down.numel() == 0 || up.numel() == 0) {
        throw new UserError(
            Fault.MISMATCH,
            "a low-rank update of %s down and %s up is none: it needs [rank, in, ...] and"
                    .formatted(shape(down), shape(up))
                + " [out, rank], of the same rank");
      }
      if (!Double.isFinite(scale)) {
        throw new UserError(Fault.INVALID, "a low-rank update has the scale " + scale);
      }
    }

    public long rank() {
      return down.size(0);
    }

    /**
     * Requires that this is made of numbers.
     *
     * @param layer named in the error
     * @throws UserError if one is not finite
     */
    void requireFinite(String layer) {
      String what = "the numbers of the update of layer '%s'".formatted(layer);
      Finite.requireStored(down, what);
      Finite.requireStored(up, what);
    }

    /**
     * Requires that this is an update of a weight.
     *
     * @param layer named in the error
     * @throws UserError if the shapes do not fit
     */
    void requireFit(String layer, Tensor weight) {
      boolean sides =
          weight.dim() >= 2 && up.size(0) == weight.size(0) && down.size(1) == weight.size(1);
      boolean kernel = down.numel() * weight.size(0) == weight.numel() * rank();
      if (sides && kernel && down.dim() == weight.dim()) {
        for (long i = 2; i < down.dim(); i++) {
          kernel &= down.size(i) == weight.size(i);
        }
      }
      if (!sides || !kernel) {
        throw new UserError(
            Fault.MISMATCH,
            "layer '%s' has a weight of %s; an update of %s down and %s up does not fit it: it was"
                    .formatted(layer, shape(weight), shape(down), shape(up))
                + " made for another model");
      }
    }

    private static String shape(Tensor t) {
      return Arrays.toString(Tensors.shape(t));
    }
  }

  /** One network's layers that can be updated, by name. */
  static Map<String, Tensor> layers(ParameterStore store) {
    Map<String, Tensor> layers = new LinkedHashMap<>();
    store
        .parameters()
        .forEach((name, weight) -> {
          if (name.endsWith(LoraStack.WEIGHT) && weight.dim() >= 2) {
            layers.put(name.substring(0, name.length() - LoraStack.WEIGHT.length()), weight);
          }
        });
    return layers;
  }
}
