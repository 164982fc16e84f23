package io.zoetrope.checkpoint.keys;

import io.zoetrope.checkpoint.WeightSource;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.error.UserError;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * An autoencoder of Stable Diffusion in a file of its own: by the names of the first code, with or
 * without {@code first_stage_model.} in front, or by those of diffusers; also that of a whole
 * checkpoint in one file.
 */
public final class VaeFile implements AutoCloseable {
  private static final String PREFIX = "first_stage_model.";

  private final SafetensorsFile file;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  private VaeFile(SafetensorsFile file) {
    this.file = file;
    boolean prefixed = file.entries().keySet().stream().anyMatch(key -> key.startsWith(PREFIX));
    boolean first =
        prefixed
            || file.entries().keySet().stream()
                .anyMatch(key -> key.startsWith("decoder.up.") || key.startsWith("encoder.down."));
    file.entries()
        .keySet()
        .forEach(key -> {
          if (first && (key.startsWith(PREFIX) || !prefixed)) {
            original(key, prefixed ? key : PREFIX + key);
          } else if (!first) {
            tensors.put(key, file.tensor(key));
          }
        });
  }

  /**
   * Opens a file.
   *
   * @throws UserError if it is damaged or no safetensors
   */
  public static VaeFile open(Path path) {
    return new VaeFile(Safetensors.open(path));
  }

  private void original(String key, String named) {
    if (StableDiffusionKeys.leftBehind(named)) {
      return;
    }
    String name = StableDiffusionKeys.place(named).map(StableDiffusionKeys.Place::name).orElse(key);
    Tensor tensor = file.tensor(key);
    // Attention was of 1x1 convolutions there, is of linear layers here.
    boolean flat = name.contains(".attentions.0.to_") && tensor.dim() == 4;
    tensors.put(name, flat ? tensor.squeeze(3).squeeze(2) : tensor);
  }

  /** Its weights by diffusers' names; valid until {@link #close}. */
  public WeightSource weights() {
    return WeightSource.of("vae", file.path().toString(), tensors);
  }

  @Override
  public void close() {
    file.close();
  }
}
