package io.zoetrope.pipeline.family;

import io.zoetrope.checkpoint.Component;
import java.nio.file.Path;

/**
 * Where things lie in a model directory: the layout of diffusers, one folder a component.
 *
 * @param tokenizerFolder in the directory, unless another is asked for
 */
public record ModelLayout(Path directory, Path tokenizerFolder) {
  /** The folder of motion modules, where they lie beside an image network. */
  public static final String ADAPTER = "motion_adapter";

  public ModelLayout(Path directory) {
    this(directory, directory.resolve("tokenizer"));
  }

  ModelLayout withTokenizer(Path folder) {
    return new ModelLayout(directory, folder);
  }

  public Path index() {
    return directory.resolve("model_index.json");
  }

  public Path scheduler() {
    return directory.resolve("scheduler/scheduler_config.json");
  }

  public Path tokenizer() {
    return tokenizerFolder().resolve("tokenizer.json");
  }

  /**
   * The denoiser.
   *
   * @param folder its {@link io.zoetrope.network.NetworkConfig#folder}
   */
  public Component network(String folder) {
    return Component.diffusion(directory.resolve(folder));
  }

  public Component autoencoder() {
    return Component.diffusion(directory.resolve("vae"));
  }

  public Component text() {
    return Component.encoder(directory.resolve("text_encoder"));
  }
}
