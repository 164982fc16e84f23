package io.zoetrope.train.latents;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.network.vae.AutoencoderConfig;
import io.zoetrope.network.vae.CompactConfig;
import io.zoetrope.network.vae.CompactTemporalConfig;
import io.zoetrope.network.vae.Pixels;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Precision;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A finished autoencoder, in f32, and what must outlive it. */
public record TrainedAutoencoder(
    Autoencoder autoencoder,
    AutoencoderConfig config,
    ParameterStore store,
    Optional<SafetensorsFile> file)
    implements AutoCloseable {
  /** None: pixels are learned as they are. */
  public static TrainedAutoencoder pixels() {
    return new TrainedAutoencoder(
        Pixels.INSTANCE, Pixels.INSTANCE, ParameterStore.blueprint(), Optional.empty());
  }

  /** That of a run folder or a model directory. */
  public static TrainedAutoencoder load(Path path) {
    Component component = component(path);
    if (component.className().equals(Pixels.KIND)) {
      return pixels();
    }
    AutoencoderConfig config =
        component.className().equals(CompactTemporalConfig.KIND)
            ? component.config(CompactTemporalConfig.class)
            : component.config(CompactConfig.class);
    SafetensorsFile file = Safetensors.open(component.weights());
    ParameterStore store = ParameterStore.forInference(file.tensors(), Precision.F32);
    Autoencoder autoencoder = config.build(store.root());
    store.requireComplete(component.weights().toString());
    return new TrainedAutoencoder(autoencoder, config, store, Optional.of(file));
  }

  /** Where it lies. */
  public static Component component(Path path) {
    Path within = path.resolve("vae");
    Path folder = Files.isDirectory(within) ? within : path;
    if (!Files.isRegularFile(folder.resolve("config.json"))) {
      throw new UserError(
          Fault.NOT_FOUND,
          "no finished autoencoder in " + path,
          "train one first, or name a model directory");
    }
    return Component.diffusion(folder);
  }

  @Override
  public void close() {
    store.close();
    file.ifPresent(SafetensorsFile::close);
  }
}
