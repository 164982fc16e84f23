package io.zoetrope.checkpoint.keys;

import io.zoetrope.checkpoint.WeightEntry;
import io.zoetrope.checkpoint.WeightSet;
import io.zoetrope.checkpoint.WeightSource;
import io.zoetrope.error.Fault;
import io.zoetrope.error.Mend;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.PackedTensor;
import io.zoetrope.torch.Scopes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/**
 * A checkpoint of Stable Diffusion 1.x in one file, safetensors or GGUF, open: U-Net, autoencoder
 * and text encoder under the names of the first (CompVis) code. Its weights are handed out under
 * diffusers' names; they are mapped, and go with {@link #close}.
 */
public final class SingleFile implements AutoCloseable {
  /** The components, by the names of their folders in a model directory. */
  public static final List<String> COMPONENTS =
      List.of(StableDiffusionKeys.UNET, StableDiffusionKeys.VAE, StableDiffusionKeys.TEXT_ENCODER);

  private final WeightSet file;

  /** For each component the keys of the file with the names that they have there. */
  private final SequencedMap<String, SequencedMap<String, String>> parts = new LinkedHashMap<>();

  private final List<String> leftBehind = new ArrayList<>();
  private final List<String> others = new ArrayList<>();
  private final List<Tensor> views = new ArrayList<>();

  private SingleFile(WeightSet file) {
    this.file = file;
    COMPONENTS.forEach(part -> parts.put(part, new LinkedHashMap<>()));
    for (String key : file.tensors().keySet()) {
      Optional<StableDiffusionKeys.Place> place = StableDiffusionKeys.place(key);
      if (place.isPresent()) {
        part(place.get().component()).put(key, place.get().name());
      } else {
        (StableDiffusionKeys.leftBehind(key) ? leftBehind : others).add(key);
      }
    }
  }

  /**
   * Opens a file.
   *
   * @throws UserError if it is damaged, or no whole Stable Diffusion 1.x: it says what it is, where
   *     that can be seen
   */
  public static SingleFile open(Path path) {
    WeightSet file = WeightSet.open(path);
    try {
      requireWhole(path, file);
      return new SingleFile(file);
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** Whether a file looks like one, whole or not: it has a U-Net under the name of that code. */
  public static boolean isOne(Set<String> names) {
    return has(names, "model.diffusion_model.");
  }

  private static void requireWhole(Path path, WeightSet file) {
    Set<String> names = file.entries().keySet();
    if (!isOne(names)) {
      throw new UserError(
          Fault.UNSUPPORTED,
          path + " is no Stable Diffusion checkpoint: it has no model.diffusion_model",
          guess(names));
    }
    if (has(names, "conditioner.embedders.")) {
      throw new UserError(
          Fault.UNSUPPORTED, path + " is a Stable Diffusion XL checkpoint; this version runs 1.x");
    }
    if (has(names, "cond_stage_model.model.")) {
      throw new UserError(
          Fault.UNSUPPORTED, path + " is a Stable Diffusion 2 checkpoint; this version runs 1.x");
    }
    requireStage(path, names, "first_stage_model", "autoencoder");
    requireStage(path, names, "cond_stage_model.transformer", "text encoder");
  }

  private static void requireStage(Path path, Set<String> names, String stage, String what) {
    if (!has(names, stage + ".")) {
      throw new UserError(
          Fault.NOT_FOUND,
          "%s has no %s (%s)".formatted(path, what, stage),
          "use a checkpoint with one");
    }
  }

  private static Mend guess(Set<String> names) {
    if (has(names, "lora_") || names.stream().anyMatch(k -> k.contains(".lora"))) {
      return Mend.of("it is a LoRA, which a model is needed for");
    }
    if (names.stream().anyMatch(k -> k.contains("motion_modules."))) {
      return Mend.of("it is a motion module, which a model is needed for");
    }
    if (has(names, "control_model.")) {
      return Mend.of("it is a ControlNet, which a model is needed for");
    }
    if (has(names, "down_blocks.") || has(names, "encoder.") || has(names, "text_model.")) {
      return Mend.of("it is one component: name the folder with model_index.json above it");
    }
    return Mend.NONE.and(Mend.Deed.INSPECT);
  }

  private static boolean has(Set<String> names, String prefix) {
    return names.stream().anyMatch(key -> key.startsWith(prefix));
  }

  public Path path() {
    return file.path();
  }

  public Map<String, String> metadata() {
    return file.metadata();
  }

  private SequencedMap<String, String> part(String component) {
    SequencedMap<String, String> part = parts.get(component);
    if (part == null) {
      throw new IllegalArgumentException("no component " + component);
    }
    return part;
  }

  /** What a component has in the file, under the file's names. */
  public SequencedMap<String, WeightEntry> entries(String component) {
    SequencedMap<String, WeightEntry> entries = new LinkedHashMap<>();
    part(component)
        .keySet()
        .forEach(key -> entries.put(key, Objects.requireNonNull(file.entries().get(key))));
    return Collections.unmodifiableSequencedMap(entries);
  }

  /**
   * The shape of a weight of a component; empty if it has none of that name.
   *
   * @param name as {@link #weights} names it
   */
  public Optional<List<Long>> shape(String component, String name) {
    return part(component).entrySet().stream()
        .filter(entry -> entry.getValue().equals(name))
        .findFirst()
        .map(entry -> Objects.requireNonNull(file.entries().get(entry.getKey())).shape());
  }

  /** What training left in the file: averaged weights, tables of noise, buffers. */
  public List<String> leftBehind() {
    return List.copyOf(leftBehind);
  }

  /** Keys of no known component. */
  public List<String> others() {
    return List.copyOf(others);
  }

  /**
   * The weights of a component; valid until {@link #close}.
   *
   * @param component one of {@link #COMPONENTS}
   */
  public synchronized WeightSource weights(String component) {
    SequencedMap<String, String> names = part(component);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    names.forEach((key, name) -> tensors.put(key, tensor(component, key, name)));
    return WeightSource.of(
        component, path().toString(), tensors, key -> names.getOrDefault(key, key));
  }

  /** Attention of the autoencoder was of 1x1 convolutions there, is of linear layers here. */
  private Tensor tensor(String component, String key, String name) {
    Tensor tensor = file.tensor(key);
    if (!component.equals(StableDiffusionKeys.VAE)
        || !name.contains(".attentions.0.to_")
        || tensor.dim() != 4
        || tensor.size(2) != 1
        || tensor.size(3) != 1) {
      return tensor;
    }
    Tensor linear =
        Scopes.keep(
            Scopes.tensor(() -> PackedTensor.shaped(tensor, tensor.size(0), tensor.size(1))));
    views.add(linear);
    return linear;
  }

  @Override
  public synchronized void close() {
    views.forEach(Scopes::free);
    views.clear();
    file.close();
  }
}
