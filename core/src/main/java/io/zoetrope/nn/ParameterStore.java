package io.zoetrope.nn;

import io.zoetrope.torch.AttentionKernel;
import io.zoetrope.torch.Fault;
import io.zoetrope.torch.MappedFile;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import io.zoetrope.torch.UserError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * All parameters of a network, in order of construction, under their checkpoint names. Layers ask
 * for theirs while they are built; the store takes each from the weights it was given, or makes a
 * new one.
 *
 * <p>A store is either for training (f32 masters, cast at each use) or for inference (weights of
 * matrix products held in the format they are used in, those of convolutions in f32 as they are
 * stored until a first use; a bf16 file on a bf16 machine is used where it lies, without a copy,
 * and what is converted gives back the memory it was read from).
 */
public final class ParameterStore implements AutoCloseable {
  private final Map<String, Tensor> source;
  private final RandomStreams streams;
  private final Precision precision;
  private final Mode mode;
  private AttentionKernel attention = AttentionKernel.FUSED;
  private boolean waiting;
  private final SequencedMap<String, Tensor> parameters = new LinkedHashMap<>();
  private final Map<String, LoraSlot> slots = new LinkedHashMap<>();
  private final List<String> fresh = new ArrayList<>();
  private final List<KernelForms> forms = new ArrayList<>();

  /** Formats that a weight may wait in until it is used. */
  private static final Set<ScalarType> KEPT =
      Set.of(ScalarType.Float, ScalarType.Half, ScalarType.BFloat16);

  private enum Mode {
    TRAINING,
    INFERENCE,
    BLUEPRINT
  }

  private ParameterStore(
      Map<String, Tensor> source, RandomStreams streams, Precision precision, Mode mode) {
    this.source = source;
    this.streams = streams;
    this.precision = precision;
    this.mode = mode;
  }

  /**
   * A store to train: each parameter is copied from {@code source} where that has it, else made
   * anew.
   *
   * @param source weights to start from; empty to start from nothing
   * @param streams where new parameters draw from: one stream for each name
   */
  public static ParameterStore forTraining(
      Map<String, Tensor> source, RandomStreams streams, Precision precision) {
    return new ParameterStore(source, streams, precision, Mode.TRAINING);
  }

  /**
   * A store to run: parameters come from {@code source}, which must outlive the store. Check {@link
   * #requireComplete} after building.
   */
  public static ParameterStore forInference(Map<String, Tensor> source, Precision precision) {
    return new ParameterStore(source, new RandomStreams(0), precision, Mode.INFERENCE);
  }

  /**
   * A store of names and shapes only, for networks of any size: its parameters are zeros that take
   * no memory. Networks built on it must not be run.
   */
  public static ParameterStore blueprint() {
    return new ParameterStore(Map.of(), new RandomStreams(0), Precision.F32, Mode.BLUEPRINT);
  }

  /** The root from which networks are built. */
  public Parameters root() {
    return new Parameters(this, "");
  }

  public Precision precision() {
    return precision;
  }

  /** How networks that are built from here on compute attention; fused by default. */
  public ParameterStore attention(AttentionKernel kernel) {
    attention = kernel;
    return this;
  }

  /**
   * What is asked for from here on waits in its file, in the file's format, and is converted at
   * each use: for what runs once a video and would only lie in memory for the rest of it. {@link
   * #release} gives back what a use has read.
   */
  public ParameterStore waiting() {
    waiting = true;
    return this;
  }

  /** Gives the memory back of weights that lie in their files: they are read again when used. */
  public void release() {
    MappedFile.release(parameters.values());
  }

  AttentionKernel attention() {
    return attention;
  }

  /** Every parameter so far, by name, in order of construction. Do not change the map. */
  public SequencedMap<String, Tensor> parameters() {
    return Collections.unmodifiableSequencedMap(parameters);
  }

  /** Sets which parameters gradients are recorded for. */
  public void trainable(Predicate<String> names) {
    parameters.forEach((name, tensor) -> tensor.set_requires_grad(names.test(name)));
  }

  /** Parameters that the source did not have, and that were made anew. */
  public List<String> missing() {
    return List.copyOf(fresh);
  }

  /** Tensors of the source that nobody asked for. */
  public List<String> unexpected() {
    return source.keySet().stream().filter(name -> !parameters.containsKey(name)).toList();
  }

  /**
   * @param what named in the error, e.g. the file
   * @throws UserError if a parameter was missing, or a tensor of the source was left over
   */
  public void requireComplete(String what) {
    if (!fresh.isEmpty()) {
      throw new UserError(
          Fault.MISMATCH,
          "%s lacks %d of %d weights, first '%s': it belongs to another model"
              .formatted(what, fresh.size(), parameters.size(), fresh.getFirst()));
    }
    List<String> left = unexpected();
    if (!left.isEmpty()) {
      throw new UserError(
          Fault.MISMATCH,
          "%s has %d weights that the model does not know, first '%s': it belongs to another model"
              .formatted(what, left.size(), left.getFirst()));
    }
  }

  /** Where layers take low-rank updates beside their weights, by the name of the layer. */
  Map<String, LoraSlot> slots() {
    return slots;
  }

  LoraSlot slot(String layer) {
    return slots.computeIfAbsent(layer, name -> new LoraSlot());
  }

  /** How many numbers there are. */
  public long count() {
    return parameters.values().stream().mapToLong(Tensor::numel).sum();
  }

  /** Frees all parameters; networks built on them must not be used any more. */
  @Override
  public void close() {
    forms.forEach(KernelForms::close);
    forms.clear();
    parameters.values().forEach(Scopes::free);
    parameters.clear();
  }

  Tensor get(String name, boolean matmul, Init init, long... shape) {
    return get(name, given -> waiting && matmul ? kept(given) : take(given, matmul), init, shape);
  }

  /**
   * In f32 as it is stored, if nothing is trained: {@link KernelForms} converts to the form that is
   * used. In bf16 there is one form only.
   */
  Tensor kernel(String name, Init init, long... shape) {
    return get(
        name,
        given ->
            mode == Mode.INFERENCE && precision == Precision.F32 ? kept(given) : take(given, true),
        init,
        shape);
  }

  /** A table of which rows are taken: like a product's weight it may wait, but it is f32 in use. */
  Tensor table(String name, Init init, long... shape) {
    return get(name, given -> waiting ? kept(given) : take(given, false), init, shape);
  }

  private Tensor kept(Tensor given) {
    return KEPT.contains(given.scalar_type().intern()) ? given.detach() : take(given, true);
  }

  Optional<KernelForms> forms(Tensor kernel) {
    if (mode != Mode.INFERENCE) {
      return Optional.empty();
    }
    forms.add(new KernelForms(kernel, precision));
    return Optional.of(forms.getLast());
  }

  private Tensor get(String name, UnaryOperator<Tensor> take, Init init, long... shape) {
    if (parameters.containsKey(name)) {
      throw new IllegalStateException("two layers ask for '" + name + "'");
    }
    Tensor given = source.get(name);
    Tensor parameter;
    if (given == null) {
      fresh.add(name);
      parameter = Scopes.keep(Scopes.tensor(() -> make(name, init, shape)));
    } else {
      if (!Arrays.equals(Tensors.shape(given), shape)) {
        throw new UserError(
            Fault.MISMATCH,
            "weight '%s' has shape %s where the model needs %s"
                .formatted(name, Arrays.toString(Tensors.shape(given)), Arrays.toString(shape)));
      }
      parameter = Scopes.keep(Scopes.tensor(() -> take.apply(given)));
    }
    parameters.put(name, parameter);
    return parameter;
  }

  Tensor buffer(String name, Init init, long... shape) {
    Tensor table = get(name, false, init, shape);
    fresh.remove(name);
    return table;
  }

  private Tensor make(String name, Init init, long... shape) {
    if (mode == Mode.BLUEPRINT) {
      return Tensors.zeros(1).expand(shape);
    }
    try (RandomStream random = streams.stream(name)) {
      return init.make(random, shape);
    }
  }

  private Tensor take(Tensor given, boolean matmul) {
    if (mode == Mode.TRAINING) {
      return given.detach().to(ScalarType.Float).clone();
    }
    ScalarType wanted = matmul ? precision.matmul() : ScalarType.Float;
    if (given.scalar_type().intern() == wanted) {
      return given.detach();
    }
    Tensor converted = given.detach().to(wanted);
    MappedFile.release(given); // not in memory twice
    return converted;
  }
}
