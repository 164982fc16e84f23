package io.zoetrope.checkpoint;

import io.zoetrope.checkpoint.safetensors.Dtype;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.nn.WeightCount;
import io.zoetrope.torch.PackedTensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Tensor;

/**
 * The weights of one component, under the names that its network asks for, wherever they lie and
 * whatever they are called there. Tensors are those of the open files, not copies.
 */
public final class WeightSource {
  /**
   * Buffers that networks compute themselves; old versions of libraries wrote them to files. And a
   * tokenizer that ComfyUI put beside the weights of its text encoder.
   */
  private static final Pattern HARMLESS =
      Pattern.compile("(.*\\.)?(position_ids|num_batches_tracked|alphas_cumprod|spiece_model)");

  private final String what;
  private final String source;
  private final SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
  private final Map<String, String> inFile = new LinkedHashMap<>();
  private final List<String> ignored = new ArrayList<>();

  private WeightSource(String what, String source) {
    this.what = what;
    this.source = source;
  }

  /**
   * All weights of a component.
   *
   * @param what the component, e.g. {@code vae}
   * @param source the file, as errors name it
   * @param tensors by the file's names
   * @param names the network's name for a file's
   * @throws UserError if two keys of the file are one weight, and differ
   */
  public static WeightSource of(
      String what, String source, Map<String, Tensor> tensors, UnaryOperator<String> names) {
    WeightSource weights = new WeightSource(what, source);
    tensors.forEach((key, tensor) -> {
      if (HARMLESS.matcher(key).matches()) {
        weights.ignored.add(key);
      } else {
        weights.put(key, names.apply(key), tensor);
      }
    });
    return weights;
  }

  /** As {@link #of(String, String, Map, UnaryOperator)}, where the file has the network's names. */
  public static WeightSource of(String what, String source, Map<String, Tensor> tensors) {
    return of(what, source, tensors, UnaryOperator.identity());
  }

  /** As above, of open files. */
  public static WeightSource of(String what, WeightSet weights, UnaryOperator<String> names) {
    return of(what, weights.path().toString(), weights.tensors(), names);
  }

  /** These under other names; what is ignored stays so. */
  public WeightSource renamed(UnaryOperator<String> names) {
    WeightSource other = new WeightSource(what, source);
    other.ignored.addAll(ignored);
    tensors.forEach(
        (name, tensor) -> other.put(inFile.getOrDefault(name, name), names.apply(name), tensor));
    return other;
  }

  /** These with another tensor under a name of the network's. */
  public WeightSource with(String name, Tensor tensor) {
    WeightSource other = new WeightSource(what, source);
    other.ignored.addAll(ignored);
    tensors.forEach((own, value) ->
        other.put(inFile.getOrDefault(own, own), own, own.equals(name) ? tensor : value));
    return other;
  }

  /**
   * These and another's as one: weights that lie in several files.
   *
   * @throws UserError if a weight is in both
   */
  public WeightSource and(WeightSource other) {
    WeightSource both = new WeightSource(what, source + " and " + other.source);
    both.ignored.addAll(ignored);
    both.ignored.addAll(other.ignored);
    for (WeightSource part : List.of(this, other)) {
      part.tensors.forEach(
          (name, tensor) -> both.put(part.inFile.getOrDefault(name, name), name, tensor));
    }
    return both;
  }

  private void put(String key, String name, Tensor tensor) {
    Tensor before = tensors.put(name, tensor);
    if (before != null && same(before, tensor)) {
      ignored.add(key); // a weight that a file holds under each of its names
      return;
    }
    if (before != null) {
      throw new UserError(
          Fault.DAMAGED,
          "%s: '%s' and '%s' are the same weight of the %s"
              .formatted(source, inFile.get(name), key, what));
    }
    inFile.put(name, key);
  }

  private static boolean same(Tensor a, Tensor b) {
    return format(a).equals(format(b)) && PackedTensor.held(a).equal(PackedTensor.held(b));
  }

  /** What the numbers of a weight are in its file: {@code F16}, {@code Q4_K}. */
  public static String format(Tensor weight) {
    return PackedTensor.of(weight)
        .map(packed -> packed.packing().name())
        .orElseGet(() -> Dtype.of(weight.scalar_type()).name());
  }

  /** By the network's names; valid as long as the files are open. */
  public SequencedMap<String, Tensor> tensors() {
    return Collections.unmodifiableSequencedMap(tensors);
  }

  /** How much they are. */
  public WeightCount count() {
    return WeightCount.of(tensors.values());
  }

  /** The file, as errors name it. */
  public String source() {
    return source;
  }

  /**
   * What a network takes of these {@link #tensors}, once it is built: on a store of them, or on a
   * blueprint.
   */
  public LoadReport report(ParameterStore store) {
    Set<String> wanted = store.parameters().keySet();
    return new LoadReport(
        what,
        source,
        wanted.stream().filter(tensors::containsKey).map(this::key).toList(),
        store.missing().stream().filter(name -> !tensors.containsKey(name)).toList(),
        tensors.keySet().stream().filter(name -> !wanted.contains(name)).map(this::key).toList(),
        ignored);
  }

  private String key(String name) {
    return inFile.getOrDefault(name, name);
  }
}
