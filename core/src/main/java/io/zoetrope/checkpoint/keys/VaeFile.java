package io.zoetrope.checkpoint.keys;

import io.zoetrope.checkpoint.WeightSet;
import io.zoetrope.checkpoint.WeightSource;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.PackedTensor;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Tensor;

/**
 * An autoencoder in a file of its own: one of Stable Diffusion or Stable Video Diffusion by the
 * names of the first code, one of Wan by those of its own, with or without a prefix in front, or
 * any by those of diffusers; also that of a whole checkpoint of either in one file. One of TAEHV
 * has the names of its own code everywhere; of TAESD a file may be one half, and the other lie
 * beside it.
 */
public final class VaeFile implements AutoCloseable {
  private static final String PREFIX = "first_stage_model.";

  /** What stands before Wan's names in files of more than one part. */
  private static final List<String> WAN = List.of("", PREFIX, "vae.");

  /** What ComfyUI writes beside TAESD's weights. */
  private static final String SCALE = "vae_scale";

  private static final String SHIFT = "vae_shift";

  private final WeightSet file;
  private final List<WeightSet> others = new ArrayList<>();
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  /**
   * How the latents are normalised that a file's network takes: {@code (raw - shift) * factor}.
   *
   * @param factor above 0
   */
  public record Scale(double factor, double shift) {}

  private VaeFile(WeightSet file) {
    this.file = file;
    try {
      Set<String> keys = file.tensors().keySet();
      Optional<TaesdKeys> tiny = TaesdKeys.of(file);
      if (tiny.isPresent()) {
        ofTiny(tiny.get());
      } else if (!ofWan(keys)) {
        ofPictures(keys);
      }
    } catch (UserError e) {
      close();
      throw e;
    }
  }

  /**
   * Opens a file.
   *
   * @throws UserError if it is damaged or of no format that is read
   */
  public static VaeFile open(Path path) {
    return new VaeFile(WeightSet.open(path));
  }

  private void ofTiny(TaesdKeys names) {
    put(file, names);
    names
        .beside(file.path())
        .ifPresent(path -> {
          WeightSet other = WeightSet.open(path);
          others.add(other);
          TaesdKeys.of(other)
              .filter(found -> found.bare().equals(names.bare().map(TaesdKeys.Half::other)))
              .ifPresent(found -> put(other, found));
        });
  }

  private void put(WeightSet from, TaesdKeys names) {
    from.tensors()
        .forEach((key, tensor) -> {
          boolean weight = !key.equals(SCALE) && !key.equals(SHIFT);
          if (weight && tensors.put(names.name(key), tensor) != null) {
            throw new UserError(
                Fault.MISMATCH,
                "%s has %s twice, by two names".formatted(from.path(), names.name(key)));
          }
        });
  }

  private boolean ofWan(Set<String> keys) {
    for (String prefix : WAN) {
      Set<String> own =
          keys.stream()
              .filter(key -> key.startsWith(prefix))
              .map(key -> key.substring(prefix.length()))
              .collect(Collectors.toSet());
      Optional<UnaryOperator<String>> names = WanVaeKeys.of(own);
      if (names.isPresent()) {
        keys.stream()
            .filter(key -> key.startsWith(prefix))
            .forEach(key ->
                tensors.put(names.get().apply(key.substring(prefix.length())), file.tensor(key)));
        return true;
      }
    }
    return false;
  }

  private void ofPictures(Set<String> keys) {
    boolean overTime = TemporalDecoderKeys.among(keys);
    boolean prefixed = keys.stream().anyMatch(key -> key.startsWith(PREFIX));
    boolean first =
        prefixed
            || keys.stream()
                .anyMatch(key -> key.startsWith("decoder.up.") || key.startsWith("encoder.down."));
    keys.forEach(key -> {
      if (first && (key.startsWith(PREFIX) || !prefixed)) {
        original(key, prefixed ? key : PREFIX + key, overTime);
      } else if (!first) {
        tensors.put(key, file.tensor(key));
      }
    });
  }

  private void original(String key, String named, boolean overTime) {
    if (StableDiffusionKeys.leftBehind(named)) {
      return;
    }
    String image =
        StableDiffusionKeys.place(named).map(StableDiffusionKeys.Place::name).orElse(key);
    String name = overTime ? TemporalDecoderKeys.name(image) : image;
    Tensor tensor = file.tensor(key);
    // Attention was of 1x1 convolutions there, is of linear layers here.
    boolean flat = name.contains(".attentions.0.to_") && tensor.dim() == 4;
    tensors.put(name, flat ? PackedTensor.shaped(tensor, tensor.size(0), tensor.size(1)) : tensor);
  }

  /** Diffusers' names of its weights. */
  public Set<String> names() {
    return Collections.unmodifiableSet(tensors.keySet());
  }

  /** Shapes of its weights by these names. */
  public Map<String, long[]> shapes() {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> shapes.put(name, Tensors.shape(tensor)));
    return shapes;
  }

  /** Where it lies. */
  public Path path() {
    return file.path();
  }

  /** How the latents are normalised that it takes, where the file says so beside weights. */
  public Optional<Scale> scale() {
    double factor = number(SCALE, 1);
    double shift = number(SHIFT, 0);
    boolean said = factor > 0 && Double.isFinite(factor) && Double.isFinite(shift);
    return said && (factor != 1 || shift != 0)
        ? Optional.of(new Scale(factor, shift))
        : Optional.empty();
  }

  /** Rounded as f32 is: 0.18215 is not that number to a double. */
  private double number(String key, double otherwise) {
    Tensor tensor = file.tensors().get(key);
    return tensor == null || tensor.numel() != 1
        ? otherwise
        : Double.parseDouble(String.valueOf((float) tensor.item_double()));
  }

  /** Its weights by diffusers' names; valid until {@link #close}. */
  public WeightSource weights() {
    return WeightSource.of("vae", file.path().toString(), tensors);
  }

  @Override
  public void close() {
    file.close();
    others.forEach(WeightSet::close);
  }
}
