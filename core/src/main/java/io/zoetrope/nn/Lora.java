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
import java.util.Set;
import java.util.TreeSet;
import org.bytedeco.pytorch.Tensor;

/**
 * Low-rank updates of the weights of a network: {@code W + scale B A} (Hu et al., "LoRA", 2021);
 * and updates of any parameter that are given whole.
 *
 * @param updates by layer: the name of its weight in the {@link ParameterStore} without {@code
 *     .weight}
 * @param shifts by parameter
 */
public record Lora(SequencedMap<String, Update> updates, SequencedMap<String, Shift> shifts) {
  public Lora {
    updates = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(updates));
    shifts = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(shifts));
  }

  /** Of low-rank updates alone. */
  public Lora(SequencedMap<String, Update> updates) {
    this(updates, new LinkedHashMap<>());
  }

  /** Names of all parameters that change. */
  Set<String> parameters() {
    Set<String> all = new TreeSet<>(shifts.keySet());
    updates.keySet().forEach(layer -> all.add(layer + LoraStack.WEIGHT));
    return all;
  }

  /**
   * What is added to a parameter.
   *
   * @param delta of the parameter's shape
   * @param scale of it
   */
  public record Shift(Tensor delta, double scale) {
    public Shift {
      if (!Double.isFinite(scale)) {
        throw new UserError(Fault.INVALID, "an update has the scale " + scale);
      }
    }

    /** Whether it is for a parameter, of whose shape it may leave out axes of 1. */
    public boolean fits(Tensor parameter) {
      return delta.numel() == parameter.numel() && Arrays.equals(sides(delta), sides(parameter));
    }

    private static long[] sides(Tensor t) {
      return Arrays.stream(Tensors.shape(t)).filter(side -> side != 1).toArray();
    }

    void require(String name, Tensor parameter) {
      if (!fits(parameter)) {
        throw new UserError(
            Fault.MISMATCH,
            "parameter '%s' has the shape %s, and an update of it %s: it was made for another model"
                .formatted(
                    name,
                    Arrays.toString(Tensors.shape(parameter)),
                    Arrays.toString(Tensors.shape(delta))));
      }
      Finite.requireStored(delta, "the numbers of the update of '%s'".formatted(name));
    }
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
