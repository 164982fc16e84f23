package io.zoetrope.pipeline.family;

import io.zoetrope.checkpoint.Component;
import java.nio.file.Path;

/**
 * Where things lie in a model directory: the layout of diffusers, one folder a component.
 *
 * @param tokenizerFolder in the directory, unless another is asked for
 * @param prefix of the folders of the text encoder and the scheduler
 */
public record ModelLayout(Path directory, Path tokenizerFolder, String prefix) {
  /** What folders of a prior beside a decoder begin with. */
  private static final String PRIOR = "prior_";

  /** The folder of motion modules, where they lie beside an image network. */
  public static final String ADAPTER = "motion_adapter";

  public ModelLayout(Path directory) {
    this(directory, directory.resolve("tokenizer"), "");
  }

  /** Where what the prior beside a decoder reads and is sampled by lies. */
  public ModelLayout prior() {
    return new ModelLayout(directory, directory.resolve(PRIOR + "tokenizer"), PRIOR);
  }

  ModelLayout withTokenizer(Path folder) {
    return new ModelLayout(directory, folder, prefix);
  }

  public Path index() {
    return directory.resolve("model_index.json");
  }

  public Path scheduler() {
    return directory.resolve(prefix + "scheduler/scheduler_config.json");
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
    return Component.encoder(directory.resolve(prefix + "text_encoder"));
  }
}
