package io.zoetrope.pipeline.family;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.JsonFiles;
import io.zoetrope.checkpoint.WeightSet;
import io.zoetrope.checkpoint.WeightSource;
import io.zoetrope.error.Fault;
import io.zoetrope.error.Mend;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * The files of a model while it is loaded: a directory in the layout of diffusers, or one file.
 * Weights are mapped; closing this unmaps those that nobody uses as they are.
 */
public final class ModelFiles implements AutoCloseable {
  private final Path model;
  private final boolean directory;
  private final Optional<PartsFile.Parts> parts;
  private final Deque<Runnable> toClose = new ArrayDeque<>();

  private ModelFiles(Path model, boolean directory, Optional<PartsFile.Parts> parts) {
    this.model = model;
    this.directory = directory;
    this.parts = parts;
  }

  /**
   * Opens the files of a model; YAML that names parts is the file of its transformer.
   *
   * @throws UserError if there is no such model
   */
  public static ModelFiles open(Path model) {
    boolean directory = Files.isDirectory(model);
    if (!directory && !Files.isRegularFile(model)) {
      throw new UserError(
          Fault.NOT_FOUND, "no model directory " + model, Mend.NONE.and(Mend.Deed.LIST_MODELS));
    }
    if (PartsFile.is(model)) {
      PartsFile.Parts parts = PartsFile.read(model);
      return new ModelFiles(parts.transformer(), false, Optional.of(parts));
    }
    return new ModelFiles(model, directory, Optional.empty());
  }

  /** The directory or file itself. */
  public Path model() {
    return model;
  }

  /** What else the model was put together from, where somebody said that. */
  Optional<PartsFile.Parts> parts() {
    return parts;
  }

  public boolean isDirectory() {
    return directory;
  }

  /** Where things lie in the directory. */
  public ModelLayout layout() {
    return new ModelLayout(model);
  }

  /** The JSON of the directory's index. */
  public JsonNode index() {
    return JsonFiles.read(layout().index(), JsonNode.class);
  }

  /** What the directory's index says it is; empty for a single file. */
  public String kind() {
    return directory ? index().path("_class_name").asString("") : "";
  }

  /** Takes what is to be closed with these files. */
  <T extends AutoCloseable> T keep(T opened, Runnable close) {
    keep(close);
    return opened;
  }

  /** Does something when they are closed. */
  void keep(Runnable close) {
    toClose.push(close);
  }

  /**
   * Where the weights of a component lie.
   *
   * @param what it is, as reports name it
   * @param variant such as {@code fp16}
   * @param keys the network's name for a file's
   */
  public Place place(
      String what, Component component, Optional<String> variant, UnaryOperator<String> keys) {
    return new Place(
        () -> {
          WeightSet set = component.open(variant(component, variant));
          keep(set, set::close);
          return WeightSource.of(what, set, UnaryOperator.identity());
        },
        keys);
  }

  /**
   * The variant to open of a component: the one that is wished for, or none where only others of
   * the directory have it.
   */
  Optional<String> variant(Component component, Optional<String> wish) {
    return wish.filter(name -> component.has(name) || !somewhere(name));
  }

  private boolean somewhere(String variant) {
    Pattern name =
        Pattern.compile(
            ".*\\."
                + Pattern.quote(variant)
                + "(-\\d{5}-of-\\d{5})?\\.(safetensors|json)|.*\\.safetensors\\."
                + Pattern.quote(variant)
                + "\\.index\\.json");
    try (Stream<Path> files = Files.walk(model, 2)) {
      return files.anyMatch(f -> name.matcher(String.valueOf(f.getFileName())).matches());
    } catch (IOException e) {
      throw AtomicFiles.cannot("look into", model, e);
    }
  }

  @Override
  public void close() {
    while (!toClose.isEmpty()) {
      toClose.pop().run();
    }
  }
}
