package io.zoetrope.pipeline.family;

import io.zoetrope.checkpoint.WeightEntry;
import io.zoetrope.checkpoint.WeightSet;
import io.zoetrope.checkpoint.WeightSource;
import io.zoetrope.checkpoint.keys.T5Names;
import io.zoetrope.checkpoint.keys.VaeFile;
import io.zoetrope.checkpoint.keys.WanNames;
import io.zoetrope.error.Fault;
import io.zoetrope.error.Mend;
import io.zoetrope.error.UserError;
import io.zoetrope.network.text.t5.T5Config;
import io.zoetrope.network.text.t5.T5Tokenizer;
import io.zoetrope.network.vae.AutoencoderConfig;
import io.zoetrope.network.vae.wan.WanVaeConfig;
import io.zoetrope.network.vision.ClipVisionConfig;
import io.zoetrope.network.vision.ClipVisionModel;
import io.zoetrope.network.wan.WanConfig;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/**
 * Wan in files of its own, one a part, as ComfyUI has them: safetensors or GGUF, by the names of
 * the first code or those of diffusers. Shapes are read from the weights; other parts are named, or
 * lie beside the transformer ({@link WanNeighbours}).
 */
final class WanFile implements ModelFamily {
  /** Pieces behind UMT5's own that its SentencePiece model does not have. */
  private static final int EXTRA = 300;

  /** Where the tokenizer's model lies among the weights. */
  private static final String TOKENIZER = "spiece_model";

  @Override
  public String name() {
    return Wan.KIND;
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
      return isOne(set.entries().keySet());
    }
  }

  @Override
  public boolean ofParts() {
    return true;
  }

  /** Whether names are those of a transformer of Wan. */
  private static boolean isOne(Set<String> names) {
    Set<String> ours = new HashSet<>();
    UnaryOperator<String> naming = WanNames.of(names);
    names.forEach(name -> ours.add(naming.apply(name)));
    return ours.containsAll(
        Set.of("patch_embedding.weight", "blocks.0.scale_shift_table", "proj_out.weight"));
  }

  @Override
  public Blueprint read(ModelFiles files, ModelChoice choice) {
    Path model = files.model();
    choice.requireNoVariant();
    WanNeighbours beside = new WanNeighbours(model);
    WeightSet own = open(files, model);
    UnaryOperator<String> naming = WanNames.of(own.entries().keySet());
    WanConfig network = at(model, () -> WanConfig.of(shapes(own, naming)));
    Autoencoder vae = autoencoder(files, choice, beside, network);
    Path textFile = choice.text().orElseGet(beside::text);
    WeightSet text = open(files, textFile);
    T5Config textConfig = at(textFile, () -> T5Config.of(shapes(text, T5Names::ours)));
    ModelLayout layout = new ModelLayout(model.resolveSibling("."));
    Assembly assembly =
        new Assembly(
            files,
            choice,
            layout,
            (component, keys) ->
                Assembly.name(component).equals(WanConfig.FOLDER)
                    ? place(WanConfig.FOLDER, own, naming)
                    : place("text_encoder", text, keys));
    Optional<Path> late = files.parts().map(PartsFile.Parts::late).orElseGet(beside::late);
    return Wan.blueprint(
        files,
        assembly,
        new Wan.Parts(
            network,
            WanShift.scheduling(network, late.isPresent()),
            new Assembly.Others(
                vae.config,
                vae.place,
                Optional.of(
                    TextPart.ofFile(
                        textFile, textConfig, tokenizer(choice, textFile), network.textLength()))),
            () -> eye(files, files.parts().flatMap(PartsFile.Parts::eye).orElseGet(beside::eye)),
            late.map(file -> new Wan.Late(late(files, file), WanShift.boundary(network))),
            Blueprint.Leftovers.NONE));
  }

  /** Its shape and its weights. */
  private record Autoencoder(AutoencoderConfig config, Place place) {}

  /** The one that is named, or the first beside the model that makes its latents. */
  private static Autoencoder autoencoder(
      ModelFiles files, ModelChoice choice, WanNeighbours beside, WanConfig network) {
    List<Path> candidates = choice.vae().map(List::of).orElseGet(beside::autoencoders);
    for (Path file : candidates) {
      VaeFile opened = VaeFile.open(file);
      VaeFile kept = files.keep(opened, opened::close);
      AutoencoderConfig config = shape(kept);
      boolean video = config.grid().causal();
      if (video && config.grid().channels() == network.gives()) {
        return new Autoencoder(config, new Place(kept::weights, UnaryOperator.identity()));
      }
      if (choice.vae().isPresent()) {
        throw new UserError(
            Fault.MISMATCH,
            video
                ? "%s makes latents of %s channels, the model's transformer takes %s: it is of another family"
                    .formatted(file, config.grid().channels(), network.gives())
                : "%s makes latents of pictures, the model's are of videos: it is of another family"
                    .formatted(file));
      }
    }
    throw beside.noAutoencoder();
  }

  private static AutoencoderConfig shape(VaeFile file) {
    return Autoencoders.tiny(file)
        .orElseGet(() -> at(file.path(), () -> WanVaeConfig.of(file.shapes())));
  }

  private static Eye eye(ModelFiles files, Path file) {
    WeightSet set = open(files, file);
    return new Eye(
        place("image_encoder", set, ClipVisionModel::name),
        at(file, () -> ClipVisionConfig.of(shapes(set, ClipVisionModel::name))));
  }

  private static Supplier<T5Tokenizer> tokenizer(ModelChoice choice, Path text) {
    return () ->
        choice
            .tokenizer()
            .map(T5Tokenizer::load)
            .or(() -> TokenizerWithin.of(text, EXTRA))
            .orElseThrow(() ->
                new UserError(
                    Fault.NOT_FOUND,
                    "there is no tokenizer in %s".formatted(text),
                    Mend.of("name a folder with one as ").and(Mend.Knob.TOKENIZER)));
  }

  private static Place late(ModelFiles files, Path file) {
    WeightSet set = open(files, file);
    return place("late " + WanConfig.FOLDER, set, WanNames.of(set.entries().keySet()));
  }

  private static WeightSet open(ModelFiles files, Path file) {
    WeightSet set = WeightSet.open(file);
    return files.keep(set, set::close);
  }

  /** Weights of a file; a tokenizer among them is none of them. */
  private static Place place(String what, WeightSet set, UnaryOperator<String> names) {
    return new Place(
        () -> {
          Map<String, Tensor> tensors = new LinkedHashMap<>(set.tensors());
          tensors.remove(TOKENIZER);
          return WeightSource.of(what, set.path().toString(), tensors);
        },
        names);
  }

  private static Map<String, long[]> shapes(WeightSet set, UnaryOperator<String> names) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    set.entries().values().forEach(entry -> shapes.put(names.apply(entry.name()), sides(entry)));
    return shapes;
  }

  private static long[] sides(WeightEntry entry) {
    return entry.shape().stream().mapToLong(Long::longValue).toArray();
  }

  private static <T> T at(Path file, Supplier<T> body) {
    try {
      return body.get();
    } catch (UserError e) {
      throw e.at(file);
    }
  }
}
