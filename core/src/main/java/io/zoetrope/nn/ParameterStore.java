package io.zoetrope.nn;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.Finite;
import io.zoetrope.torch.MappedFile;
import io.zoetrope.torch.PackedTensor;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Predicate;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * All parameters of a network, in order of construction, under their checkpoint names. Layers ask
 * for theirs while they are built; the store takes each from the weights it was given, or makes a
 * new one.
 *
 * <p>How it holds them is said at its start: see {@link Holding}.
 */
public final class ParameterStore implements AutoCloseable {
  private final Map<String, Tensor> source;
  private final RandomStreams streams;
  private final Holding holding;
  private final SequencedMap<String, Tensor> parameters = new LinkedHashMap<>();
  private final Map<String, LoraSlot> slots = new LinkedHashMap<>();
  private final List<String> fresh = new ArrayList<>();
  private final Set<String> tables = new HashSet<>();
  private final List<KernelForms> forms = new ArrayList<>();
  private final Scratch scratch = new Scratch();

  /** Formats that a weight may wait in until it is used. */
  private static final Set<ScalarType> KEPT =
      Set.of(ScalarType.Float, ScalarType.Half, ScalarType.BFloat16);

  /** Rows of a table from which on it is one of words, of which a text needs few. */
  private static final long LONG_TABLE = 256;

  /** What a parameter is used for. */
  enum Use {
    /** A factor of a matrix product. */
    PRODUCT,
    /** Convolved with; {@link KernelForms} converts it to the form that is used. */
    KERNEL,
    /** Rows of it are looked up; f32 in use. */
    TABLE,
    /** Anything else: always f32. */
    PLAIN
  }

  private ParameterStore(Map<String, Tensor> source, RandomStreams streams, Holding holding) {
    this.source = source;
    this.streams = streams;
    this.holding = holding;
  }

  /**
   * A store of what is given: a parameter that {@code source} lacks is made anew, see {@link
   * #requireComplete}.
   *
   * @param source weights; must outlive the store, unless they are copied
   * @param streams where new parameters draw from: one stream for each name
   */
  public static ParameterStore of(
      Map<String, Tensor> source, RandomStreams streams, Holding holding) {
    return new ParameterStore(source, streams, holding);
  }

  /** As above, of weights that are whole. Check {@link #requireComplete} after building. */
  public static ParameterStore of(Map<String, Tensor> source, Holding holding) {
    return of(source, new RandomStreams(0), holding);
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
    return of(source, streams, Holding.masters(precision));
  }

  /**
   * A store to run: parameters come from {@code source}, which must outlive the store. Check {@link
   * #requireComplete} after building.
   */
  public static ParameterStore forInference(Map<String, Tensor> source, Precision precision) {
    return of(source, Holding.mapped(precision));
  }

  /** A store of names and shapes only, for networks of any size: {@link Keeping#SHAPES}. */
  public static ParameterStore blueprint() {
    return of(Map.of(), Holding.shapes());
  }

  /** The root from which networks are built. */
  public Parameters root() {
    return new Parameters(this, "");
  }

  public Precision precision() {
    return holding.precision();
  }

  /** How parameters are held. */
  public Holding holding() {
    return holding;
  }

  /** Gives the memory back of weights that lie in their files: they are read again when used. */
  public void release() {
    scratch.close();
    MappedFile.release(parameters.values());
  }

  /** Every parameter so far, by name, in order of construction. Do not change the map. */
  public SequencedMap<String, Tensor> parameters() {
    return Collections.unmodifiableSequencedMap(parameters);
  }

  /** Sets which parameters gradients are recorded for. */
  public void trainable(Predicate<String> names) {
    parameters.forEach((name, tensor) -> tensor.set_requires_grad(names.test(name)));
  }

  /** Tables that follow from the network's shape: held, never trained. */
  public Set<String> tables() {
    return Collections.unmodifiableSet(tables);
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
          "%s lacks %s of %s weights, first '%s': it belongs to another model"
              .formatted(what, fresh.size(), parameters.size(), fresh.getFirst()));
    }
    List<String> left = unexpected();
    if (!left.isEmpty()) {
      throw new UserError(
          Fault.MISMATCH,
          "%s has %s weights that the model does not know, first '%s': it belongs to another model"
              .formatted(what, left.size(), left.getFirst()));
    }
  }

  /** Where layers take low-rank updates beside their weights, by the name of the layer. */
  Map<String, LoraSlot> slots() {
    return slots;
  }

  Scratch scratch() {
    return scratch;
  }

  LoraSlot slot(String layer) {
    return slots.computeIfAbsent(layer, name -> new LoraSlot());
  }

  /** How many numbers there are. */
  public long count() {
    return parameters.values().stream().mapToLong(Tensor::numel).sum();
  }

  /** How much they are. */
  public WeightCount weights() {
    return WeightCount.of(parameters.values());
  }

  /** Frees all parameters; networks built on them must not be used any more. */
  @Override
  public void close() {
    scratch.close();
    forms.forEach(KernelForms::close);
    forms.clear();
    parameters.values().forEach(Scopes::free);
    parameters.clear();
  }

  Optional<KernelForms> forms(Tensor kernel, KernelForms.Layout layout) {
    if (!isRun()) {
      return Optional.empty();
    }
    forms.add(new KernelForms(kernel, precision(), layout));
    return Optional.of(forms.getLast());
  }

  private boolean isRun() {
    return holding.keeping() == Keeping.MAPPED || holding.keeping() == Keeping.WAITING;
  }

  Tensor get(String name, Use use, Init init, long... shape) {
    if (parameters.containsKey(name)) {
      throw new IllegalStateException("two layers ask for '" + name + "'");
    }
    Tensor given = source.get(name);
    Tensor parameter;
    if (given == null) {
      fresh.add(name);
      parameter = Scopes.keep(Scopes.tensor(() -> holding.device().place(make(name, init, shape))));
    } else {
      if (!Arrays.equals(Tensors.shape(given), shape)) {
        throw new UserError(
            Fault.MISMATCH,
            "weight '%s' has shape %s where the model needs %s"
                .formatted(name, Arrays.toString(Tensors.shape(given)), Arrays.toString(shape)));
      }
      parameter = Scopes.keep(Scopes.tensor(() -> take(name, given, use)));
    }
    parameters.put(name, parameter);
    return parameter;
  }

  Tensor buffer(String name, Init init, long... shape) {
    Tensor table = get(name, Use.PLAIN, init, shape);
    fresh.remove(name);
    tables.add(name);
    return table;
  }

  private Tensor make(String name, Init init, long... shape) {
    if (holding.keeping() == Keeping.SHAPES) {
      return Tensors.zeros(1).expand(shape);
    }
    try (RandomStream random = streams.stream(name)) {
      return init.make(random, shape);
    }
  }

  /** A given weight as it is held. What is used as it lies in its file is not read before. */
  private Tensor take(String name, Tensor given, Use use) {
    if (!isRun()) {
      Tensor master = PackedTensor.dense(given, ScalarType.Float).detach().clone();
      requireFinite(name, master);
      return holding.device().place(master);
    }
    if (staysPacked(given, use)) {
      return PackedTensor.of(given).orElseThrow().on(holding.device());
    }
    return waits(given, use) ? holding.device().place(given.detach()) : converted(name, given, use);
  }

  /** Whether a weight stays in its blocks: matrices and long tables; all else is unpacked here. */
  private static boolean staysPacked(Tensor given, Use use) {
    return PackedTensor.of(given).isPresent()
        && given.dim() == 2
        && (use == Use.PRODUCT || (use == Use.TABLE && given.size(0) >= LONG_TABLE));
  }

  private static void requireFinite(String name, Tensor weight) {
    Finite.requireStored(weight, "the numbers of weight '%s'".formatted(name));
  }

  /** The first parameter that is not of finite numbers; reads all up to it. */
  public Optional<String> notFinite() {
    return parameters.entrySet().stream()
        .filter(parameter -> !Finite.all(parameter.getValue()))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /** Whether a weight stays in its file's format until it is used. */
  private boolean waits(Tensor given, Use use) {
    boolean waiting = holding.keeping() == Keeping.WAITING;
    boolean stays =
        switch (use) {
          case PRODUCT, TABLE -> waiting;
          // In bf16 there is one form only.
          case KERNEL -> precision() == Precision.F32;
          case PLAIN -> false;
        };
    return stays && KEPT.contains(given.scalar_type().intern());
  }

  private Tensor converted(String name, Tensor given, Use use) {
    boolean product = use == Use.PRODUCT || use == Use.KERNEL;
    ScalarType wanted = product ? precision().matmul() : ScalarType.Float;
    if (given.scalar_type().intern() == wanted && holding.device().holds(given)) {
      return given.detach();
    }
    Tensor converted = PackedTensor.dense(given, wanted).detach();
    requireFinite(name, converted);
    converted = holding.device().place(converted);
    MappedFile.release(given); // not in memory twice
    return converted;
  }
}
