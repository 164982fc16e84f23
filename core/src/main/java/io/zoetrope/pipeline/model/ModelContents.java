package io.zoetrope.pipeline.model;

import io.zoetrope.checkpoint.LoadReport;
import io.zoetrope.checkpoint.WeightSource;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.NetworkConfig;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.network.Work;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.nn.WeightCount;
import io.zoetrope.pipeline.family.Ability;
import io.zoetrope.pipeline.family.Blueprint;
import io.zoetrope.pipeline.family.Families;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.ModelFiles;
import io.zoetrope.pipeline.family.Part;
import io.zoetrope.torch.PackedTensor;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Tensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/**
 * What a model has on disk. Weights are compared with what the configs ask for, name by name and
 * shape by shape, and stay where they are.
 *
 * @param kind of pipeline
 * @param parts components with weights
 * @param unused components that are there and are not used
 * @param others keys of a single file that are of no component
 * @param usual what it makes where a request says nothing
 */
public record ModelContents(
    String kind, List<Held> parts, List<String> unused, List<String> others, Usual usual) {
  /**
   * What a model makes where a request says nothing, and the memory that takes.
   *
   * @param request size, length and sampling, without words
   * @param firstGuidance of the first frame, where it is another than the last's
   * @param need by the number format of the network
   * @param work of a step whose sampler asks the network once; empty where nobody counts it
   */
  public record Usual(
      VideoRequest request,
      Optional<Double> firstGuidance,
      SortedMap<Precision, MemoryNeed> need,
      Optional<Work> work) {
    /** By number format, how long a step takes, as far as that is counted; measures a second. */
    public SortedMap<Precision, StepTime> steps() {
      SortedMap<Precision, StepTime> times = new TreeMap<>();
      // Where bf16 is emulated one product takes seconds.
      boolean half = Precision.of("auto") == Precision.BF16;
      work.ifPresent(counted ->
          need.keySet().stream()
              .filter(precision -> half || precision == Precision.F32)
              .forEach(precision -> times.put(precision, StepTime.measured(counted, precision))));
      return times;
    }

    /** Operations of a step; empty where nobody counts them. */
    public OptionalDouble operations() {
      return work.map(counted -> OptionalDouble.of(counted.total()))
          .orElseGet(OptionalDouble::empty);
    }
  }

  /** Tokens of a text that is not of one length: CLIP's. */
  private static final int WORDS = 77;

  /**
   * A component.
   *
   * @param name its folder
   * @param parameters how many numbers it has
   * @param bytes of these by number format, as {@link WeightSource#format} names it
   * @param report what becomes of each key
   */
  public record Held(
      String name, long parameters, SortedMap<String, Long> bytes, LoadReport report) {
    public Held {
      bytes = Collections.unmodifiableSortedMap(new TreeMap<>(bytes));
    }

    public long allBytes() {
      return bytes.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  /**
   * Looks into a model directory or a single file.
   *
   * @throws UserError if a component is missing or damaged, or a weight has another shape than its
   *     config says
   */
  public static ModelContents of(Path model) {
    return of(model, request -> request);
  }

  /**
   * As {@link #of(Path)}, with what another request than the usual one takes.
   *
   * @param change of the usual request
   * @throws UserError also if the model makes no frames of that size
   */
  public static ModelContents of(Path model, UnaryOperator<VideoRequest> change) {
    // The tokenizer of a single file is not looked for.
    Optional<Path> tokenizer =
        Files.isDirectory(model)
            ? Optional.empty()
            : Optional.of(model.toAbsolutePath().resolveSibling("tokenizer"));
    return of(ModelChoice.of(model).withTokenizer(tokenizer), Families.ALL, change);
  }

  /** As above, with families of one's own. */
  public static ModelContents of(ModelChoice choice, Families families) {
    return of(choice, families, request -> request);
  }

  private static ModelContents of(
      ModelChoice choice, Families families, UnaryOperator<VideoRequest> change) {
    try (ModelFiles files = ModelFiles.open(choice.model())) {
      Blueprint blueprint = families.read(files, choice);
      List<Held> found = new ArrayList<>();
      List<WeightCount> weights = new ArrayList<>();
      for (Part<?> part : blueprint.parts()) {
        Optional<WeightSource> source = part.weights();
        weights.add(source.map(WeightSource::count).orElse(WeightCount.NONE));
        source.map(there -> part(part, there)).ifPresent(found::add);
      }
      TreeMap<Precision, MemoryNeed> need = new TreeMap<>();
      VideoRequest usual = change.apply(usual(blueprint));
      for (Precision precision : Precision.values()) {
        Blueprint other = families.read(files, choice.withDtype(precision.name()));
        List<MemoryNeed.Weighed> weighed = new ArrayList<>();
        for (int i = 0; i < weights.size(); i++) {
          weighed.add(new MemoryNeed.Weighed(other.parts().get(i), weights.get(i)));
        }
        need.put(precision, MemoryNeed.of(weighed, usual, 1, OptionalInt.empty(), false));
      }
      return new ModelContents(
          blueprint.kind(),
          List.copyOf(found),
          blueprint.leftovers().components(),
          blueprint.leftovers().keys(),
          new Usual(usual, blueprint.defaults().firstGuidance(), need, step(blueprint, usual)));
    }
  }

  /** A step's operations. */
  private static Optional<Work> step(Blueprint blueprint, VideoRequest request) {
    try (ParameterStore store = ParameterStore.blueprint()) {
      VideoNetwork network = blueprint.denoiser().make().apply(store.root());
      LatentGrid grid = blueprint.grid();
      int multiple = VideoModel.sizeMultiple(grid, network);
      boolean asked = !request.equals(usual(blueprint));
      if (asked && (request.width() % multiple != 0 || request.height() % multiple != 0)) {
        throw new UserError(
            Fault.INVALID,
            "width and height must be multiples of %s for this model, not %sx%s"
                .formatted(multiple, request.width(), request.height()));
      }
      NetworkConfig config = network.config();
      return config.work(
          new Work.Input(
              request.guidance() == 1 ? 1 : 2,
              grid.latents(request.frames()),
              request.height() / grid.space(),
              request.width() / grid.space(),
              config.textWidth() == 0 ? 0 : config.textLength().orElse(WORDS)));
    }
  }

  private static VideoRequest usual(Blueprint blueprint) {
    VideoRequest usual = VideoRequest.of("", 0, blueprint.defaults());
    return blueprint.can(Ability.VIDEO) ? usual : usual.withFrames(1);
  }

  private static Held part(Part<?> part, WeightSource weights) {
    long parameters = 0;
    TreeMap<String, Long> bytes = new TreeMap<>();
    for (Tensor tensor : weights.tensors().values()) {
      parameters += tensor.numel();
      bytes.merge(WeightSource.format(tensor), PackedTensor.bytes(tensor), Long::sum);
    }
    try (ParameterStore blueprint = ParameterStore.blueprint()) {
      Object unused = part.make().apply(blueprint.root());
      blueprint.parameters().forEach((name, wanted) -> requireShape(weights, name, wanted));
      return new Held(part.name(), parameters, bytes, weights.report(blueprint));
    }
  }

  private static void requireShape(WeightSource weights, String name, Tensor wanted) {
    Tensor given = weights.tensors().get(name);
    if (given != null && !Arrays.equals(Tensors.shape(given), Tensors.shape(wanted))) {
      throw new UserError(
          Fault.MISMATCH,
          "%s: weight '%s' has shape %s where the model needs %s"
              .formatted(
                  weights.source(),
                  name,
                  Arrays.toString(Tensors.shape(given)),
                  Arrays.toString(Tensors.shape(wanted))));
    }
  }
}
