package io.zoetrope.pipeline.family;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.WeightSet;
import io.zoetrope.checkpoint.WeightSource;
import io.zoetrope.checkpoint.keys.SingleFile;
import io.zoetrope.torch.Fault;
import io.zoetrope.torch.Mend;
import io.zoetrope.torch.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The files of a model while it is loaded: a directory in the layout of diffusers, or a checkpoint
 * of Stable Diffusion in one file, whose configs come with this library and whose tokenizer lies
 * elsewhere. Weights are mapped; closing this unmaps those that nobody uses as they are.
 */
public final class ModelFiles implements AutoCloseable {
  private final ModelChoice choice;
  private final ModelLayout layout;
  private final Optional<SingleFile> single;
  private final List<WeightSet> sets = new ArrayList<>();
  private final List<MotionAdapter> adapters = new ArrayList<>();

  private ModelFiles(ModelChoice choice, ModelLayout layout, Optional<SingleFile> single) {
    this.choice = choice;
    this.layout = layout;
    this.single = single;
  }

  /** As {@link #open(ModelChoice)}, with another tokenizer or none. */
  public static ModelFiles open(Path model, Optional<Path> tokenizer) {
    return open(ModelChoice.of(model).withTokenizer(tokenizer));
  }

  /**
   * Opens the files of a choice, LoRAs aside.
   *
   * @throws UserError if there is no such model
   */
  public static ModelFiles open(ModelChoice choice) {
    Path model = choice.model();
    if (Files.isDirectory(model)) {
      ModelLayout own = new ModelLayout(model);
      return new ModelFiles(
          choice, choice.tokenizer().map(own::withTokenizer).orElse(own), Optional.empty());
    }
    if (!Files.isRegularFile(model)) {
      throw new UserError(
          Fault.NOT_FOUND, "no model directory " + model, Mend.NONE.and(Mend.Deed.LIST_MODELS));
    }
    ModelLayout bundled = new ModelLayout(BundledFolder.path("stable-diffusion-1"));
    return ofFile(choice, bundled);
  }

  /**
   * A single file with other configs than those of Stable Diffusion 1.x.
   *
   * @param configs a directory with the configs of each component
   */
  static ModelFiles ofFile(Path model, ModelLayout configs, Optional<Path> tokenizer) {
    return ofFile(ModelChoice.of(model).withTokenizer(tokenizer), configs);
  }

  static ModelFiles ofFile(ModelChoice choice, ModelLayout configs) {
    Path model = choice.model();
    choice
        .variant()
        .ifPresent(variant -> {
          throw new UserError(
              Fault.INVALID,
              "%s is one file; variants such as '%s' are of directories".formatted(model, variant),
              "leave it out");
        });
    SingleFile file = SingleFile.open(model);
    try {
      Path found = choice.tokenizer().orElseGet(() -> ClipTokenizers.system().find(model));
      return new ModelFiles(choice, configs.withTokenizer(found), Optional.of(file));
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** The directory or file itself. */
  Path model() {
    return choice.model();
  }

  /** What was asked for. */
  public ModelChoice choice() {
    return choice;
  }

  /** Where configs and tokenizer are. */
  public ModelLayout layout() {
    return layout;
  }

  /** What a single file holds that no component takes. */
  public List<String> others() {
    return single.map(SingleFile::others).orElse(List.of());
  }

  /**
   * Opens the weights of a component.
   *
   * @param part of {@link #layout}
   * @param names the network's name for a file's
   */
  WeightSource weights(Component part, UnaryOperator<String> names) {
    String name = String.valueOf(part.folder().getFileName());
    if (single.isPresent()) {
      return single.get().weights(name).renamed(names);
    }
    WeightSet set = part.open(choice.variant());
    sets.add(set);
    return WeightSource.of(name, set, names);
  }

  /** Opens the motion modules of the choice, or those that lie beside the network. */
  MotionAdapter motionAdapter() {
    MotionAdapter adapter =
        choice
            .motion()
            .map(MotionAdapter::open)
            .orElseGet(() ->
                MotionAdapter.open(
                    layout.directory().resolve(ModelLayout.ADAPTER), choice.variant()));
    adapters.add(adapter);
    return adapter;
  }

  @Override
  public void close() {
    adapters.forEach(MotionAdapter::close);
    adapters.clear();
    sets.forEach(WeightSet::close);
    sets.clear();
    single.ifPresent(SingleFile::close);
  }
}
