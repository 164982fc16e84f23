package io.zoetrope.app.command;

import io.zoetrope.app.cli.Result;
import io.zoetrope.app.cli.Verb;
import io.zoetrope.app.cli.option.ModelFolders;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.terminal.Units;
import io.zoetrope.checkpoint.WeightEntry;
import io.zoetrope.checkpoint.WeightFile;
import io.zoetrope.checkpoint.hub.ModelId;
import io.zoetrope.checkpoint.keys.SingleFile;
import io.zoetrope.error.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code zoetrope inspect}. */
@Command(
    name = "inspect",
    description = {
      "Shows what is in a safetensors or GGUF file or a model: tensors, shapes, dtypes, sizes, metadata.",
      "Of a model also its components, whether each weight is there and no other, and what a video"
          + " takes: memory, and seconds a step, estimated by what this machine does now. Of a video or"
          + " picture the order that it was made from.",
      "Reads the whole header and checks it; the weights themselves stay on disk."
    })
public final class InspectCommand extends Verb {
  @Parameters(
      paramLabel = "MODEL",
      description = {
        "A .safetensors or .gguf file, a folder, or the name of a model, also of the hub; or a"
            + " video."
      })
  private String model = "";

  @Option(names = "--summary", description = "Only the totals, not every tensor.")
  private boolean summary;

  @Mixin private final EstimateOptions estimate = new EstimateOptions();

  public InspectCommand(Session session) {
    super(session);
  }

  @Override
  protected Result run() {
    Optional<FilmSummary> film = FilmSummary.of(session().resolve(Path.of(model)));
    if (film.isPresent()) {
      requireModel(false);
      return film.get().result();
    }
    List<String> lines = new ArrayList<>();
    List<Map<String, Object>> files = new ArrayList<>();
    long parameters = 0;
    Optional<ModelSummary> whole = whole();
    requireModel(whole.isPresent());
    whole.ifPresent(found -> lines.add(found.text()));
    for (Path path : files()) {
      try (WeightFile file = WeightFile.open(path)) {
        parameters += parameters(file);
        lines.add(describe(file));
        files.add(fields(file));
      }
    }
    if (files.size() > 1) {
      lines.add("%s parameters in %s files".formatted(Units.count(parameters), files.size()));
    }
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("parameters", parameters);
    whole.ifPresent(found -> fields.putAll(found.fields()));
    fields.put("files", files);
    return Result.of(String.join("\n", lines), fields);
  }

  private void requireModel(boolean one) {
    if (!one && estimate.given()) {
      throw new UserError(
          "--size and --frames are about what a model makes, and '%s' is none".formatted(model));
    }
  }

  /** The model as such, if it is one. */
  private Optional<ModelSummary> whole() {
    Path direct = session().resolve(Path.of(model));
    if (namesParts(direct)) {
      return Optional.of(ModelSummary.of(direct, estimate));
    }
    if (Files.isRegularFile(direct)) {
      try (WeightFile file = WeightFile.open(direct)) {
        return SingleFile.isOne(file.entries().keySet())
            ? Optional.of(ModelSummary.of(direct, estimate))
            : Optional.empty();
      }
    }
    ModelFolders folders = new ModelFolders(session());
    return Stream.of(
            Optional.of(direct).filter(Files::isDirectory),
            folders.cached(model),
            folders.models().stream()
                .filter(m -> model.equals(String.valueOf(m.getFileName())))
                .findFirst())
        .flatMap(Optional::stream)
        .findFirst()
        .filter(ModelFolders::isModel)
        .map(found -> ModelSummary.of(found, estimate));
  }

  private List<Path> files() {
    Path direct = session().resolve(Path.of(model));
    if (namesParts(direct)) {
      return List.of();
    }
    if (Files.isRegularFile(direct)) {
      return List.of(direct);
    }
    List<Path> weights = ModelFolders.weights(direct);
    if (!weights.isEmpty()) {
      return weights;
    }
    if (Files.isDirectory(direct)) {
      throw new UserError("there is no .safetensors or .gguf file in '" + direct + "'");
    }
    Optional<Path> cached = new ModelFolders(session()).cached(model);
    if (cached.isPresent() && !ModelFolders.weights(cached.get()).isEmpty()) {
      return ModelFolders.weights(cached.get());
    }
    if (model.endsWith(".safetensors")
        || model.endsWith(".gguf")
        || (model.contains("/") && !isId())) {
      throw new UserError("there is no file or folder '" + direct + "'");
    }
    return ModelFolders.weights(new ModelFolders(session()).find(model));
  }

  /** Whether it is YAML that a model is put together by. */
  private static boolean namesParts(Path file) {
    return Files.isRegularFile(file)
        && (file.toString().endsWith(".yaml") || file.toString().endsWith(".yml"));
  }

  private boolean isId() {
    return ModelId.tryParse(model).isPresent();
  }

  private String describe(WeightFile file) {
    StringBuilder out = new StringBuilder();
    out.append(file.path()).append('\n');
    file.metadata()
        .forEach((key, value) -> out.append("  %s: %s%n".formatted(key, oneLine(value))));
    if (!summary) {
      int width = file.entries().keySet().stream().mapToInt(String::length).max().orElse(0);
      for (WeightEntry entry : file.entries().values()) {
        out.append(
            String.format(
                Locale.ROOT,
                "  %-" + Math.max(1, width) + "s  %-5s %9s  %s%n",
                entry.name(),
                entry.format(),
                Units.bytes(entry.bytes()),
                shape(entry)));
      }
    }
    out.append(
        "  %s tensors, %s parameters, %s (%s)"
            .formatted(
                file.entries().size(),
                Units.count(parameters(file)),
                Units.bytes(bytes(file)),
                dtypes(file).entrySet().stream()
                    .map(e -> e.getKey() + " " + e.getValue())
                    .collect(Collectors.joining(", "))));
    file.marking().ifPresent(marking -> out.append("\n  ").append(marking));
    return out.toString();
  }

  private static Map<String, Object> fields(WeightFile file) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("path", file.path().toString());
    fields.put("parameters", parameters(file));
    fields.put("bytes", bytes(file));
    fields.put("metadata", file.metadata());
    file.marking().ifPresent(marking -> fields.put("fp8", marking));
    List<Map<String, Object>> tensors = new ArrayList<>();
    for (WeightEntry entry : file.entries().values()) {
      Map<String, Object> tensor = new LinkedHashMap<>();
      tensor.put("name", entry.name());
      tensor.put("dtype", entry.format().toLowerCase(Locale.ROOT));
      tensor.put("shape", entry.shape());
      tensor.put("bytes", entry.bytes());
      tensors.add(tensor);
    }
    fields.put("tensors", tensors);
    return fields;
  }

  private static long parameters(WeightFile file) {
    return file.entries().values().stream().mapToLong(WeightEntry::numbers).sum();
  }

  private static long bytes(WeightFile file) {
    return file.entries().values().stream().mapToLong(WeightEntry::bytes).sum();
  }

  /** Tensors and bytes of a number format. */
  private record Share(int tensors, long bytes) {
    Share and(Share other) {
      return new Share(tensors + other.tensors, bytes + other.bytes);
    }

    @Override
    public String toString() {
      return "%s in %s tensor%s".formatted(Units.bytes(bytes), tensors, tensors == 1 ? "" : "s");
    }
  }

  private static Map<String, Share> dtypes(WeightFile file) {
    Map<String, Share> shares = new TreeMap<>();
    for (WeightEntry e : file.entries().values()) {
      shares.merge(e.format(), new Share(1, e.bytes()), Share::and);
    }
    return shares;
  }

  private static String shape(WeightEntry entry) {
    return entry.shape().stream().map(String::valueOf).collect(Collectors.joining(", ", "[", "]"));
  }

  private static String oneLine(String value) {
    String line = value.replaceAll("\\s+", " ").strip();
    return line.length() > 100 ? line.substring(0, 99) + "…" : line;
  }
}
