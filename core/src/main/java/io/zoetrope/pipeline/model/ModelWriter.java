package io.zoetrope.pipeline.model;

import io.zoetrope.checkpoint.JsonFiles;
import io.zoetrope.network.NetworkConfig;
import io.zoetrope.network.text.TextConfig;
import io.zoetrope.network.vae.AutoencoderConfig;
import io.zoetrope.pipeline.family.ModelIndex;
import io.zoetrope.pipeline.family.ModelLayout;
import io.zoetrope.pipeline.schedule.Scheduling;
import io.zoetrope.torch.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Writes a model directory that {@link VideoModel} loads. Weights are stored in bf16.
 *
 * @param index kind and defaults
 * @param scheduler noise that the model was trained with
 * @param network shape of the denoiser
 * @param text shape of the text encoder; empty for a network that reads no text
 * @param autoencoder shape of the autoencoder
 */
public record ModelWriter(
    ModelIndex index,
    Scheduling scheduler,
    NetworkConfig network,
    Optional<TextConfig> text,
    AutoencoderConfig autoencoder) {
  /** Of a network that reads text. */
  public ModelWriter(
      ModelIndex index,
      Scheduling scheduler,
      NetworkConfig network,
      TextConfig text,
      AutoencoderConfig autoencoder) {
    this(index, scheduler, network, Optional.of(text), autoencoder);
  }

  /**
   * Writes the files. Each is replaced whole; other files in the directory (a model card) are kept.
   * The index comes last: without it the directory is not a model.
   */
  public void write(
      Path directory,
      Map<String, Tensor> networkWeights,
      Map<String, Tensor> textWeights,
      Map<String, Tensor> autoencoderWeights,
      String tokenizerJson) {
    ModelLayout layout = new ModelLayout(directory);
    layout.network(network.folder()).write(network, networkWeights, ScalarType.BFloat16);
    text.ifPresent(words -> layout.text().write(words, textWeights, ScalarType.BFloat16));
    if (autoencoder.hasWeights()) {
      layout.autoencoder().write(autoencoder, autoencoderWeights, ScalarType.BFloat16);
    } else {
      layout.autoencoder().write(autoencoder);
    }
    JsonFiles.write(layout.scheduler(), scheduler.json());
    if (text.isPresent()) {
      try {
        Files.createDirectories(directory.resolve("tokenizer"));
      } catch (IOException e) {
        throw AtomicFiles.cannot("write", directory, e);
      }
      AtomicFiles.text(layout.tokenizer(), tokenizerJson);
    }
    JsonFiles.write(layout.index(), index);
  }
}
