package io.zoetrope.checkpoint.keys;

import io.zoetrope.checkpoint.WeightSet;
import io.zoetrope.checkpoint.WeightSource;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.Scopes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/**
 * A checkpoint of Stable Video Diffusion in one file, by the names of the first code: its network
 * and what reads pictures. Its autoencoder is a {@link VaeFile}.
 */
public final class StableVideoWeights implements AutoCloseable {
  private static final String UNET = "model.diffusion_model.";
  private static final String EYE = "conditioner.embedders.0.open_clip.model.visual.";
  private static final String VAE = "first_stage_model.";

  /** The encoder once more, and tables of numbers. */
  private static final String CONDITIONER = "conditioner.";

  private static final String MARK = ".time_mixer.mix_factor";

  private final WeightSet file;
  private final List<Tensor> made = new ArrayList<>();

  private StableVideoWeights(WeightSet file) {
    this.file = file;
  }

  /** Whether a file with such keys looks like one, whole or not. */
  public static boolean isOne(Set<String> keys) {
    return keys.stream().anyMatch(key -> key.startsWith(UNET) && key.endsWith(MARK));
  }

  /**
   * Opens a file.
   *
   * @throws UserError if it is damaged, or has not all of a model
   */
  public static StableVideoWeights open(Path path) {
    WeightSet file = WeightSet.open(path);
    try {
      require(path, file, VAE, "autoencoder");
      require(path, file, EYE, "image encoder");
      return new StableVideoWeights(file);
    } catch (UserError e) {
      file.close();
      throw e;
    }
  }

  private static void require(Path path, WeightSet file, String prefix, String what) {
    if (file.entries().keySet().stream().noneMatch(key -> key.startsWith(prefix))) {
      throw new UserError(
          Fault.NOT_FOUND,
          "%s has no %s (%s)".formatted(path, what, prefix.substring(0, prefix.length() - 1)),
          "use a checkpoint with one");
    }
  }

  /** The network by diffusers' names; valid until {@link #close}. */
  public WeightSource unet() {
    SequencedMap<String, Tensor> all = new LinkedHashMap<>();
    file.tensors()
        .forEach((key, tensor) -> {
          if (key.startsWith(UNET)) {
            all.put(StableVideoKeys.name(key.substring(UNET.length())).orElse(key), tensor);
          }
        });
    return WeightSource.of("unet", file.path().toString(), all);
  }

  /** The image encoder by the names of transformers; valid until {@link #close}. */
  public synchronized WeightSource imageEncoder() {
    SequencedMap<String, Tensor> all = new LinkedHashMap<>();
    file.tensors()
        .forEach((key, tensor) -> {
          if (key.startsWith(EYE)) {
            OpenClipVisionKeys.put(key.substring(EYE.length()), tensor, all, this::kept);
          }
        });
    return WeightSource.of("image_encoder", file.path().toString(), all);
  }

  private Tensor kept(Tensor tensor) {
    Tensor own = Scopes.keep(tensor);
    made.add(own);
    return own;
  }

  /** Keys of no known part. */
  public List<String> others() {
    return file.entries().keySet().stream()
        .filter(key ->
            !key.startsWith(UNET)
                && !key.startsWith(VAE)
                && !key.startsWith(CONDITIONER)
                && !StableDiffusionKeys.leftBehind(key))
        .toList();
  }

  @Override
  public synchronized void close() {
    made.forEach(Scopes::free);
    made.clear();
    file.close();
  }
}
