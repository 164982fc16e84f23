package io.zoetrope.pipeline.family;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.NetworkConfig;
import io.zoetrope.network.unet.Inflation;
import io.zoetrope.network.unet.MotionNorms;
import io.zoetrope.network.unet.SpatialAttention;
import io.zoetrope.network.unet.UNetConfig;
import java.nio.file.Path;
import java.util.Optional;

/** Denoisers with what a choice puts into them. */
final class Denoisers {
  private Denoisers() {}

  /**
   * A denoiser, before its weights are read.
   *
   * @param adapter motion modules that lie beside an image network, already in {@code config}
   * @param beside what it is shown beside the latents
   * @param grown whether its first layer has channels for that which are not in the model's files
   */
  record Dressed(
      NetworkConfig config,
      Optional<MotionAdapter> adapter,
      Optional<Beside> beside,
      boolean grown) {
    /** This being shown something that it has channels for. */
    Dressed shown(Beside what) {
      return new Dressed(config, adapter, Optional.of(what), false);
    }
  }

  /**
   * A model's own network with what is put into it.
   *
   * @param own motion modules that lie in the model's directory
   * @throws UserError if something does not go into it
   */
  static Dressed dress(
      ModelFiles files, ModelChoice choice, NetworkConfig network, Optional<MotionAdapter> own) {
    Optional<MotionAdapter> adapter =
        choice
            .motion()
            .map(path -> {
              requireStill(files.model(), network);
              return open(files, MotionAdapter.open(path));
            })
            .or(() -> own);
    NetworkConfig with =
        adapter.<NetworkConfig>map(a -> a.inflate(unet(files.model(), network))).orElse(network);
    NetworkConfig moved =
        choice.inflation().<NetworkConfig>map(by -> inflated(files.model(), with, by)).orElse(with);
    NetworkConfig normed =
        choice.norms().map(norms -> normed(files.model(), moved, norms)).orElse(moved);
    NetworkConfig seeing =
        choice.attention().map(pattern -> looking(files.model(), normed, pattern)).orElse(normed);
    return choice
        .beside()
        .map(beside ->
            new Dressed(taking(files.model(), seeing, beside), adapter, Optional.of(beside), true))
        .orElseGet(() -> new Dressed(seeing, adapter, Optional.empty(), false));
  }

  /** A network with channels more for what it is shown beside the latents. */
  private static NetworkConfig taking(Path model, NetworkConfig network, Beside beside) {
    if (network.entrance().isEmpty() || network.takes() != network.gives()) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "%s: only a network that is shown nothing yet can be shown %s beside the latents"
              .formatted(model, beside.text()));
    }
    return network.taking(network.takes() + beside.channels(network.takes()));
  }

  /** An image network as one for video, whose new layers nobody has trained. */
  private static NetworkConfig inflated(Path model, NetworkConfig network, Inflation by) {
    if (!(network instanceof UNetConfig unet) || network.temporal()) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "%s: only a U-Net of single pictures is inflated for video".formatted(model));
    }
    return unet.inflated(by);
  }

  static MotionAdapter open(ModelFiles files, MotionAdapter adapter) {
    return files.keep(adapter, adapter::close);
  }

  private static UNetConfig unet(Path model, NetworkConfig network) {
    if (network instanceof UNetConfig unet) {
      return unet;
    }
    throw new UserError(
        Fault.UNSUPPORTED,
        "a motion adapter goes into a U-Net of Stable Diffusion 1.x; %s has none".formatted(model));
  }

  private static void requireStill(Path model, NetworkConfig network) {
    if (unet(model, network).temporal()) {
      throw new UserError(
          Fault.INVALID,
          "%s has motion modules in its U-Net already".formatted(model),
          "use it without a motion adapter");
    }
  }

  private static NetworkConfig normed(Path model, NetworkConfig network, MotionNorms norms) {
    if (!(network instanceof UNetConfig unet) || unet.norms().isEmpty()) {
      throw new UserError(
          Fault.MISMATCH,
          "the reach of motion modules' norms is asked for, and %s has none".formatted(model),
          "leave it out, or put motion modules in");
    }
    return unet.normed(norms);
  }

  /** An image network whose frames look at each other. */
  private static NetworkConfig looking(
      Path model, NetworkConfig network, SpatialAttention pattern) {
    if (!(network instanceof UNetConfig unet) || network.temporal()) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "%s: frames can be made to look at each other in a U-Net of single pictures only, of"
                  .formatted(model)
              + " Stable Diffusion 1.x without motion modules");
    }
    return unet.inflated(unet.inflation().looking(pattern));
  }
}
