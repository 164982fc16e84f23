package io.zoetrope.pipeline.family;

import io.zoetrope.checkpoint.WeightSet;
import io.zoetrope.checkpoint.WeightSource;
import io.zoetrope.checkpoint.keys.ModelScopeKeys;
import io.zoetrope.checkpoint.keys.OpenClipKeys;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.text.clip.ClipTextConfig;
import io.zoetrope.network.text.clip.ClipTextModel;
import io.zoetrope.network.unet.DiffusersConfig;
import io.zoetrope.network.unet.UNetConfig;
import io.zoetrope.pipeline.schedule.Scheduling;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * ModelScope's text-to-video model or Zeroscope in files by the names of its own code: the U-Net
 * with or without the autoencoder and the text encoder in it, which else are named, or lie beside
 * it ({@link ModelScopeNeighbours}). Shapes are read from the weights.
 *
 * @param configs a directory with those of the autoencoder and the scheduler; empty for those that
 *     come with this library
 */
record ModelScopeFile(Optional<ModelLayout> configs) implements ModelFamily {
  ModelScopeFile() {
    this(Optional.empty());
  }

  @Override
  public String name() {
    return ModelScope.KIND;
  }

  /** Of directories it knows nothing. */
  @Override
  public boolean runs(String kind) {
    return false;
  }

  @Override
  public boolean recognises(ModelFiles files) {
    if (files.isDirectory()) {
      return false;
    }
    try (WeightSet set = WeightSet.open(files.model())) {
      return ModelScopeKeys.of(set.entries().keySet()).isPresent();
    }
  }

  @Override
  public Blueprint read(ModelFiles files, ModelChoice choice) {
    Path model = files.model();
    choice.requireNoVariant();
    ModelScopeNeighbours beside = new ModelScopeNeighbours(model);
    WeightSet own = open(files, model);
    ModelScopeKeys keys = ModelScopeKeys.of(own.entries().keySet()).orElseThrow();
    Supplier<WeightSource> unet = once(() -> keys.weights(own, view(files)));
    UNetConfig network = at(model, () -> DiffusersConfig.modelScope(shapes(unet.get())));
    Path text = text(own, choice, beside);
    Supplier<WeightSource> words = once(() -> words(files, text));
    ClipTextConfig reads = at(text, () -> ClipTextConfig.of(shapes(words.get())));
    Path tokenizer = choice.tokenizer().orElseGet(() -> ClipTokenizers.system().find(model));
    ModelLayout layout =
        configs
            .orElseGet(() -> new ModelLayout(BundledFolder.path("modelscope")))
            .withTokenizer(tokenizer);
    OtherAutoencoder vae =
        OtherAutoencoder.of(Optional.of(autoencoder(own, choice, beside)), layout.autoencoder());
    vae.requireFit(network);
    Assembly assembly =
        new Assembly(
            files,
            choice,
            layout,
            (component, names) ->
                new Place(
                    Assembly.name(component).equals(UNetConfig.FOLDER) ? unet : words, names));
    Scheduling scheduling = Scheduling.read(layout.scheduler());
    return assembly.blueprint(
        ModelScope.KIND,
        Denoisers.dress(files, choice, network, Optional.empty()),
        scheduling,
        ModelScope.defaults(model, JsonNodeFactory.instance.missingNode(), scheduling),
        Blueprint.Leftovers.NONE,
        new Assembly.Others(
            vae.config(),
            vae.place(files, Optional.empty()).orElseThrow(),
            Optional.of(TextPart.ofOpenClip(text, reads, tokenizer, choice))));
  }

  /** The file itself where it is whole. */
  private static Path text(WeightSet own, ModelChoice choice, ModelScopeNeighbours beside) {
    boolean whole = OpenClipKeys.of(own.entries().keySet()).isPresent();
    return choice.text().orElseGet(() -> whole ? own.path() : beside.text());
  }

  private static Path autoencoder(WeightSet own, ModelChoice choice, ModelScopeNeighbours beside) {
    boolean whole =
        own.entries().keySet().stream().anyMatch(key -> key.startsWith("first_stage_model."));
    return choice.vae().orElseGet(() -> whole ? own.path() : beside.autoencoder());
  }

  /** The text encoder by OpenCLIP's names, or by those of transformers. */
  private static WeightSource words(ModelFiles files, Path text) {
    WeightSet set = open(files, text);
    Set<String> names = set.entries().keySet();
    if (names.stream().map(ClipTextModel::name).noneMatch(n -> n.startsWith("text_model."))) {
      return OpenClipKeys.of(names)
          .orElseThrow(() ->
              new UserError(
                  Fault.MISMATCH,
                  "%s is no text encoder of OpenCLIP: it has no such layers".formatted(text)))
          .weights(set, view(files));
    }
    return WeightSource.of("text_encoder", set, ClipTextModel::name);
  }

  /** Keeps views of weights until the files are closed. */
  private static UnaryOperator<Tensor> view(ModelFiles files) {
    return tensor -> {
      Tensor kept = Scopes.keep(tensor);
      files.keep(() -> Scopes.free(kept));
      return kept;
    };
  }

  private static Map<String, long[]> shapes(WeightSource weights) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    weights.tensors().forEach((name, tensor) -> shapes.put(name, Tensors.shape(tensor)));
    return shapes;
  }

  private static <T> Supplier<T> once(Supplier<T> make) {
    return new Supplier<>() {
      private Optional<T> made = Optional.empty();

      @Override
      public synchronized T get() {
        if (made.isEmpty()) {
          made = Optional.of(make.get());
        }
        return made.get();
      }
    };
  }

  private static WeightSet open(ModelFiles files, Path file) {
    WeightSet set = WeightSet.open(file);
    return files.keep(set, set::close);
  }

  private static <T> T at(Path file, Supplier<T> body) {
    try {
      return body.get();
    } catch (UserError e) {
      throw e.at(file);
    }
  }
}
