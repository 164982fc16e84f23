package io.zoetrope.nn;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.function.Function;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Low-rank factors that are trained beside layers whose own weights stay as they are (Hu et al.,
 * "LoRA", 2021): f32 masters, A uniform within {@code 1 / sqrt(inputs)}, B zero, so that the
 * network begins exactly as it was. Gradients flow to the factors alone. They act from the
 * beginning, at scale 1.
 */
public final class LoraFactors implements AutoCloseable {
  private record Pair(LoraSlot slot, Tensor down, Tensor up) {}

  private final String name;
  private final double ratio;
  private final LoraThinning thinning;
  private double scale = 1;
  private final SequencedMap<String, Pair> pairs = new LinkedHashMap<>();

  /**
   * Puts factors beside layers of a network.
   *
   * @param name among the adapters of the layers
   * @param layers names of weights without {@code .weight}, each of {@link #layers}
   * @param rank of each update
   * @param alpha the update acts times {@code alpha / rank}
   * @param thinning what is left away between {@link #meet} and {@link #rest}
   * @param random where A is drawn from, one stream for each layer
   */
  public LoraFactors(
      ParameterStore store,
      String name,
      Collection<String> layers,
      int rank,
      double alpha,
      LoraThinning thinning,
      RandomStreams random) {
    this.name = name;
    this.thinning = thinning;
    this.ratio = alpha / rank;
    Map<String, Tensor> weights = Lora.layers(store);
    for (String layer : layers) {
      Tensor weight = weights.get(layer);
      LoraSlot slot = store.slots().get(layer);
      if (weight == null || slot == null) {
        throw new UserError(
            Fault.MISMATCH, "layer '%s' cannot compute low-rank updates".formatted(layer));
      }
      pairs.put(layer, pair(layer, weight, slot, rank, random));
    }
    scale(1);
  }

  private static Pair pair(
      String layer, Tensor weight, LoraSlot slot, int rank, RandomStreams random) {
    long[] down = Tensors.shape(weight);
    long out = down[0];
    down[0] = rank;
    long inputs = weight.numel() / out;
    long[] up = new long[down.length];
    Arrays.fill(up, 1);
    up[0] = out;
    up[1] = rank;
    try (RandomStream stream = random.stream(layer)) {
      Tensor a =
          Scopes.tensor(() ->
              Tensors.beside(
                  weight,
                  Ops.mul(Ops.add(Ops.mul(stream.uniform(down), 2), -1), 1 / Math.sqrt(inputs))
                      .to(ScalarType.Float)));
      Tensor b = Scopes.tensor(() -> Tensors.beside(weight, Tensors.zeros(up)));
      return new Pair(
          slot, Scopes.keep(a).set_requires_grad(true), Scopes.keep(b).set_requires_grad(true));
    }
  }

  /** Names of the layers beside which factors can stand. */
  public static SequencedSet<String> layers(ParameterStore store) {
    SequencedSet<String> names = new LinkedHashSet<>(Lora.layers(store).keySet());
    names.retainAll(store.slots().keySet());
    return Collections.unmodifiableSequencedSet(names);
  }

  /** The factors by {@code LAYER.lora_A.weight} and {@code LAYER.lora_B.weight}; not copies. */
  public SequencedMap<String, Tensor> parameters() {
    SequencedMap<String, Tensor> all = new LinkedHashMap<>();
    pairs.forEach((layer, pair) -> {
      all.put(layer + ".lora_A.weight", pair.down);
      all.put(layer + ".lora_B.weight", pair.up);
    });
    return all;
  }

  /**
   * The updates that values of the factors stand for.
   *
   * @param values by the names of {@link #parameters}
   */
  public Lora lora(Map<String, Tensor> values) {
    SequencedMap<String, Lora.Update> updates = new LinkedHashMap<>();
    for (String layer : pairs.keySet()) {
      Tensor down = Objects.requireNonNull(values.get(layer + ".lora_A.weight"), layer);
      Tensor up = Objects.requireNonNull(values.get(layer + ".lora_B.weight"), layer);
      updates.put(layer, new Lora.Update(down, up, ratio));
    }
    return new Lora(updates);
  }

  /**
   * How strongly they act from here on.
   *
   * @param scale 1 is wholly; at 0 the layers compute what they do without, to the bit
   */
  public void scale(double scale) {
    this.scale = scale;
    place(layer -> LoraThinning.WHOLE);
  }

  /**
   * A part of them is left away from here on.
   *
   * @param random which
   */
  public void meet(RandomStreams random) {
    if (!thinning.equals(LoraThinning.NONE)) {
      place(layer -> thinning.of(random, layer));
    }
  }

  /** See {@link #meet}. */
  public void rest() {
    if (!thinning.equals(LoraThinning.NONE)) {
      place(layer -> LoraThinning.WHOLE);
    }
  }

  private void place(Function<String, LoraThinning.Layer> thin) {
    pairs.forEach((layer, pair) -> {
      if (scale == 0) {
        pair.slot.remove(name);
      } else {
        pair.slot.put(
            name, new LoraSlot.Delta(pair.down, pair.up, scale * ratio, thin.apply(layer)));
      }
    });
  }

  /** The Frobenius norm of each layer's whole update, {@code alpha / rank} included. */
  public SequencedMap<String, Double> norms() {
    SequencedMap<String, Double> norms = new LinkedHashMap<>();
    pairs.forEach((layer, pair) -> norms.put(layer, ratio * norm(pair)));
    return norms;
  }

  /** By two small products: the update itself is as large as the weight. */
  private static double norm(Pair pair) {
    return Scopes.value(() ->
        Scopes.noGrad(() -> {
          Tensor a = pair.down.flatten(1, -1);
          Tensor b = pair.up.flatten(1, -1);
          Tensor inner = a.matmul(a.t()).mul(b.t().matmul(b));
          return Math.sqrt(Math.max(0, inner.to(ScalarType.Double).sum().item_double()));
        }));
  }

  /** Makes updates smaller whose norm is above a limit, both factors by as much. */
  public void limit(double most) {
    pairs
        .values()
        .forEach(pair -> {
          double norm = ratio * norm(pair);
          if (norm > most) {
            Scalar by = new Scalar(Math.sqrt(most / norm));
            Scopes.run(() ->
                Scopes.noGrad(() -> {
                  pair.down.mul_(by);
                  return pair.up.mul_(by);
                }));
          }
        });
  }

  /** Takes them away and frees them. */
  @Override
  public void close() {
    scale(0);
    pairs
        .values()
        .forEach(pair -> {
          Scopes.free(pair.down);
          Scopes.free(pair.up);
        });
    pairs.clear();
  }
}
