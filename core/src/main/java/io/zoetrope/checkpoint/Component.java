package io.zoetrope.checkpoint;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.Scopes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import tools.jackson.databind.JsonNode;

/**
 * One part of a model on disk, as diffusers lays it out: a folder with {@code config.json} and a
 * safetensors file.
 *
 * @param folder where it lies
 * @param weightsFile name of the safetensors file
 */
public record Component(Path folder, String weightsFile) {
  private static final String CONFIG = "config.json";

  /** A denoiser or an autoencoder. */
  public static Component diffusion(Path folder) {
    return new Component(folder, "diffusion_pytorch_model.safetensors");
  }

  /** A text encoder. */
  public static Component encoder(Path folder) {
    return new Component(folder, "model.safetensors");
  }

  public <T> T config(Class<T> type) {
    return JsonFiles.read(folder.resolve(CONFIG), type);
  }

  /** Whether there is a config. */
  public boolean exists() {
    return Files.isRegularFile(folder.resolve(CONFIG));
  }

  /** What the config calls its architecture; empty if it does not say. */
  public String className() {
    return config(JsonNode.class).path("_class_name").asString("");
  }

  public Path weights() {
    return folder.resolve(weightsFile);
  }

  /**
   * Opens its weights: one file or shards.
   *
   * @param variant such as {@code fp16}; empty for the plain weights, or the only variant there is
   * @throws UserError if they are missing or damaged
   */
  public WeightSet open(Optional<String> variant) {
    return WeightSet.open(folder, weightsFile, variant);
  }

  /** Whether it has weights of a variant, such as {@code fp16}. */
  public boolean has(String variant) {
    return WeightFiles.has(folder, weightsFile, variant);
  }

  /** Writes the config alone, for a part that has no weights. */
  public void write(Object config) {
    JsonFiles.write(folder.resolve(CONFIG), config);
  }

  /**
   * Writes both files, each whole or not at all.
   *
   * @param dtype that weights are stored in
   */
  public void write(Object config, Map<String, Tensor> tensors, ScalarType dtype) {
    write(config, tensors, dtype, Map.of());
  }

  /**
   * As above.
   *
   * @param header what the weights' file says beside its format
   */
  public void write(
      Object config, Map<String, Tensor> tensors, ScalarType dtype, Map<String, String> header) {
    if (tensors.isEmpty()) {
      throw new UserError(Fault.NOT_FOUND, "no weights for " + weights());
    }
    write(config);
    Scopes.run(() -> {
      Map<String, Tensor> stored = new LinkedHashMap<>();
      tensors.forEach((name, t) -> stored.put(name, t.detach().to(dtype)));
      Map<String, String> metadata = new LinkedHashMap<>(header);
      metadata.put("format", "pt");
      Safetensors.write(weights(), stored, metadata);
    });
  }

  /** The tensors whose names begin with a prefix, without it. */
  public static Map<String, Tensor> below(String prefix, Map<String, Tensor> tensors) {
    Map<String, Tensor> part = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> {
      if (name.startsWith(prefix)) {
        part.put(name.substring(prefix.length()), tensor);
      }
    });
    return part;
  }
}
