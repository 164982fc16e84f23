package io.zoetrope.pipeline.family;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.keys.VaeFile;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.NetworkConfig;
import io.zoetrope.network.vae.AutoencoderConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The autoencoder of a model, or another in its place.
 *
 * @param path of the other: a folder, or a file, which is of the model's own shape but for layers
 *     over time, or a tiny one of the model's latents; empty for the model's own
 * @param config its shape
 * @param own shape of the model's own
 * @param folder where its config lies
 */
record OtherAutoencoder(
    Optional<Path> path, AutoencoderConfig config, AutoencoderConfig own, Component folder) {
  /**
   * Reads its shape.
   *
   * @param own that of the model
   * @throws UserError if there is none
   */
  static OtherAutoencoder of(Optional<Path> path, Component own) {
    if (path.isEmpty() || !Files.isDirectory(path.get())) {
      path.filter(file -> !Files.exists(file))
          .ifPresent(file -> {
            throw new UserError(Fault.NOT_FOUND, "there is no autoencoder %s".formatted(file));
          });
      AutoencoderConfig shape = Autoencoders.read(own);
      AutoencoderConfig found = path.map(file -> inFile(shape, file)).orElse(shape);
      return new OtherAutoencoder(path, found, shape, own);
    }
    Path folder = path.get();
    Component there = Component.diffusion(folder);
    // A whole model is named for its autoencoder.
    Component inside = Component.diffusion(folder.resolve("vae"));
    Component found = there.exists() ? there : inside;
    if (!found.exists()) {
      throw new UserError(
          Fault.NOT_FOUND, "%s has no config.json: it is no autoencoder".formatted(folder));
    }
    AutoencoderConfig shape = Autoencoders.read(found);
    return new OtherAutoencoder(path, shape, own.exists() ? Autoencoders.read(own) : shape, found);
  }

  private static AutoencoderConfig inFile(AutoencoderConfig own, Path file) {
    try (VaeFile opened = VaeFile.open(file)) {
      return Autoencoders.tiny(opened).orElseGet(() -> own.of(opened.names()));
    }
  }

  /**
   * Requires that another one makes the latents that a network takes.
   *
   * @throws UserError if it makes others
   */
  void requireFit(NetworkConfig network) {
    if (path.isPresent() && config.grid().channels() != network.gives()) {
      throw new UserError(
          Fault.MISMATCH,
          "%s makes latents of %s channels, the model's %s takes %s: it is of another family"
              .formatted(path.get(), config.grid().channels(), network.folder(), network.gives()));
    }
    if (path.isPresent() && !config.grid().equals(own.grid())) {
      throw new UserError(
          Fault.MISMATCH,
          "%s makes latents of %s, the model has %s: it is of another family"
              .formatted(path.get(), config.grid(), own.grid()));
    }
    if (path.isPresent() && !config.latentScaling().equals(own.latentScaling())) {
      throw new UserError(
          Fault.MISMATCH,
          "%s scales latents by %s, the model by %s: it is of another family"
              .formatted(path.get(), scale(config), scale(own)));
    }
  }

  private static String scale(AutoencoderConfig config) {
    return config
        .latentScaling()
        .map(s -> s.shift() == 0 ? "" + s.factor() : s.factor() + " from " + s.shift())
        .orElse("numbers of its own");
  }

  /** Where the weights of another one lie; empty for the model's own. */
  Optional<Place> place(ModelFiles files, Optional<String> variant) {
    return path.map(at -> {
      if (Files.isDirectory(at)) {
        return files.place("vae", folder, variant.filter(folder::has), config.names());
      }
      VaeFile opened = VaeFile.open(at);
      VaeFile kept = files.keep(opened, opened::close);
      return new Place(kept::weights, config.names());
    });
  }
}
