package io.zoetrope.pipeline;

import io.zoetrope.checkpoint.Safetensors;
import io.zoetrope.network.dit.DitConfig;
import io.zoetrope.network.text.TextConfig;
import io.zoetrope.network.vae.CompactConfig;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Writes a model directory that {@link VideoModel} loads. Weights are stored in bf16: half the
 * size, and what a machine with bf16 products uses as it lies in the file.
 *
 * @param index kind and defaults
 * @param scheduler noise that the model was trained with
 * @param transformer shape of the denoiser
 * @param text shape of the text encoder
 * @param autoencoder shape of the autoencoder
 */
public record ModelWriter(
    ModelIndex index,
    SchedulerConfig scheduler,
    DitConfig transformer,
    TextConfig text,
    CompactConfig autoencoder) {

  /**
   * Writes the files; each is replaced whole, and other files in the directory (a model card) are
   * kept.
   */
  public void write(
      Path directory,
      Map<String, Tensor> transformerWeights,
      Map<String, Tensor> textWeights,
      Map<String, Tensor> autoencoderWeights,
      String tokenizerJson) {
    try {
      ModelFiles.write(directory, ModelFiles.TRANSFORMER_CONFIG, transformer);
      ModelFiles.write(directory, ModelFiles.TEXT_CONFIG, text);
      ModelFiles.write(directory, ModelFiles.VAE_CONFIG, autoencoder);
      ModelFiles.write(directory, ModelFiles.SCHEDULER, scheduler);
      weights(directory, ModelFiles.TRANSFORMER, transformerWeights);
      weights(directory, ModelFiles.TEXT, textWeights);
      weights(directory, ModelFiles.VAE, autoencoderWeights);
      AtomicFiles.text(ModelFiles.path(directory, ModelFiles.TOKENIZER), tokenizerJson);
      // The index last: without it the directory is not a model.
      ModelFiles.write(directory, ModelFiles.INDEX, index);
    } catch (IOException e) {
      throw AtomicFiles.cannot("write", directory, e);
    }
  }

  private static void weights(Path directory, String file, Map<String, Tensor> weights)
      throws IOException {
    Path path = ModelFiles.path(directory, file);
    if (weights.isEmpty()) {
      throw new UserError("no weights for " + path);
    }
    Scopes.run(() -> {
      Map<String, Tensor> stored = new LinkedHashMap<>();
      weights.forEach((name, t) -> stored.put(name, t.detach().to(ScalarType.BFloat16)));
      Safetensors.write(path, stored, Map.of("format", "pt"));
    });
  }

  /** The tensors below a prefix, without it. */
  public static Map<String, Tensor> below(String prefix, Map<String, Tensor> tensors) {
    Map<String, Tensor> part = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> {
      if (name.startsWith(prefix)) {
        part.put(name.substring(prefix.length()), tensor);
      }
    });
    return part;
  }

  /** Size of all files of a model directory, in bytes. */
  public static long size(Path directory) {
    try (var files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).mapToLong(f -> f.toFile().length()).sum();
    } catch (IOException e) {
      throw AtomicFiles.cannot("read", directory, e);
    }
  }
}
