package io.zoetrope.pipeline;

import io.zoetrope.checkpoint.Component;
import java.nio.file.Path;

/**
 * Where things lie in a model directory: the layout of diffusers, one folder a component.
 *
 * @param tokenizerFolder in the directory, unless another is asked for
 */
record ModelLayout(Path directory, Path tokenizerFolder) {
  ModelLayout(Path directory) {
    this(directory, directory.resolve("tokenizer"));
  }

  ModelLayout withTokenizer(Path folder) {
    return new ModelLayout(directory, folder);
  }

  Path index() {
    return directory.resolve("model_index.json");
  }

  Path scheduler() {
    return directory.resolve("scheduler/scheduler_config.json");
  }

  Path tokenizer() {
    return tokenizerFolder().resolve("tokenizer.json");
  }

  /**
   * The denoiser.
   *
   * @param folder its {@link io.zoetrope.network.NetworkConfig#folder}
   */
  Component network(String folder) {
    return Component.diffusion(directory.resolve(folder));
  }

  Component autoencoder() {
    return Component.diffusion(directory.resolve("vae"));
  }

  Component text() {
    return Component.encoder(directory.resolve("text_encoder"));
  }
}
