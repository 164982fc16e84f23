package io.zoetrope.pipeline.model;

import io.zoetrope.checkpoint.JsonFiles;
import io.zoetrope.checkpoint.LoadReport;
import io.zoetrope.checkpoint.WeightSource;
import io.zoetrope.checkpoint.safetensors.Dtype;
import io.zoetrope.network.vae.Pixels;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.pipeline.family.DiffusersIndex;
import io.zoetrope.pipeline.family.ModelFiles;
import io.zoetrope.pipeline.family.ModelIndex;
import io.zoetrope.pipeline.family.ModelParts;
import io.zoetrope.torch.Fault;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Tensors;
import io.zoetrope.torch.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.databind.JsonNode;

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
    String kind, List<Part> parts, List<String> unused, List<String> others, Usual usual) {
  /**
   * What a model makes where a request says nothing, and the memory that takes.
   *
   * @param width pixels
   * @param height pixels
   * @param need by the number format of the network
   */
  public record Usual(int frames, int width, int height, SortedMap<Precision, MemoryNeed> need) {}

  /**
   * A component.
   *
   * @param name its folder
   * @param parameters how many numbers it has
   * @param bytes of these by number format
   * @param report what becomes of each key
   */
  public record Part(
      String name, long parameters, SortedMap<Dtype, Long> bytes, LoadReport report) {
    public Part {
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
    // The tokenizer of a single file is not looked for.
    Optional<Path> tokenizer =
        Files.isDirectory(model)
            ? Optional.empty()
            : Optional.of(model.toAbsolutePath().resolveSibling("tokenizer"));
    try (ModelFiles files = ModelFiles.open(model, tokenizer)) {
      return of(files);
    }
  }

  /** What lies in opened files. */
  public static ModelContents of(ModelFiles files) {
    ModelParts parts = ModelParts.read(files);
    List<Part> found = new ArrayList<>();
    found.add(part(files, parts.networkPart()));
    Part text = part(files, parts.textPart());
    found.add(text);
    if (!(parts.vae() instanceof Pixels)) {
      found.add(part(files, parts.vaePart()));
    }
    JsonNode index = JsonFiles.read(files.layout().index(), JsonNode.class);
    return new ModelContents(
        parts.index().kind(),
        List.copyOf(found),
        DiffusersIndex.of(index).ignored(),
        files.others(),
        usual(parts, found.stream().mapToLong(Part::parameters).sum() - text.parameters()));
  }

  private static Usual usual(ModelParts parts, long parameters) {
    ModelIndex.Defaults own = parts.index().defaults();
    int frames = parts.network().temporal() ? own.frames() : 1;
    VideoRequest request =
        new VideoRequest(
            "",
            "",
            0,
            own.width(),
            own.height(),
            frames,
            own.fps(),
            own.steps(),
            own.guidance(),
            own.sampler());
    TreeMap<Precision, MemoryNeed> need = new TreeMap<>();
    for (Precision precision : Precision.values()) {
      int factor = parts.vae().factor();
      need.put(
          precision, MemoryNeed.of(parameters, parts.network(), precision, factor, request, 1));
    }
    return new Usual(frames, own.width(), own.height(), need);
  }

  private static Part part(ModelFiles files, ModelParts.Part<?> part) {
    WeightSource weights = part.weights(files);
    long parameters = 0;
    TreeMap<Dtype, Long> bytes = new TreeMap<>();
    for (Tensor tensor : weights.tensors().values()) {
      parameters += tensor.numel();
      bytes.merge(
          Dtype.of(tensor.scalar_type()), tensor.numel() * tensor.element_size(), Long::sum);
    }
    try (ParameterStore blueprint = ParameterStore.blueprint()) {
      Object unused = part.make().apply(blueprint.root());
      blueprint.parameters().forEach((name, wanted) -> requireShape(weights, name, wanted));
      return new Part(
          String.valueOf(part.where().folder().getFileName()),
          parameters,
          bytes,
          weights.report(blueprint));
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
