package io.zoetrope.pipeline.family;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.WeightSource;
import io.zoetrope.network.NetworkConfig;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.network.text.PromptEncoder;
import io.zoetrope.network.unet.SpatialAttention;
import io.zoetrope.network.unet.UNetConfig;
import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.network.vae.AutoencoderConfig;
import io.zoetrope.network.vae.CompactConfig;
import io.zoetrope.network.vae.KlConfig;
import io.zoetrope.network.vae.KlNames;
import io.zoetrope.network.vae.Pixels;
import io.zoetrope.nn.Parameters;
import io.zoetrope.pipeline.schedule.DiffusersScheduler;
import io.zoetrope.pipeline.schedule.Scheduling;
import io.zoetrope.torch.Fault;
import io.zoetrope.torch.UserError;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * What a model consists of, as its index and configs say; they fit together.
 *
 * @param adapter motion modules that lie beside an image network, already in {@code network}
 */
public record ModelParts(
    ModelLayout layout,
    ModelIndex index,
    Scheduling scheduling,
    NetworkConfig network,
    AutoencoderConfig vae,
    TextPart text,
    Optional<MotionAdapter> adapter) {
  /**
   * A component with weights.
   *
   * @param where its config and weights lie
   * @param names its name for a file's
   * @param adapter whose weights are among its own
   * @param make the component on its weights
   */
  public record Part<T>(
      Component where,
      UnaryOperator<String> names,
      Optional<MotionAdapter> adapter,
      Function<Parameters, T> make) {
    public WeightSource weights(ModelFiles files) {
      WeightSource own = files.weights(where, names);
      return adapter
          .map(a -> own.and(WeightSource.of(ModelLayout.ADAPTER, a.path().toString(), a.tensors())))
          .orElse(own);
    }
  }

  /**
   * Reads the configs.
   *
   * @throws UserError if one is missing or damaged, or they do not fit together
   */
  public static ModelParts read(ModelFiles files) {
    ModelLayout layout = files.layout();
    ModelIndex own = ModelIndex.read(layout, files.model());
    Scheduling trained = Scheduling.read(layout.scheduler());
    NetworkConfig still = Networks.read(layout.directory());
    boolean asked = files.choice().motion().isPresent();
    if (asked) {
      requireStill(files.model(), still);
    }
    Optional<MotionAdapter> adapter =
        asked || own.kind().equals(DiffusersIndex.ANIMATE_DIFF) && !still.temporal()
            ? Optional.of(files.motionAdapter())
            : Optional.empty();
    NetworkConfig inflated =
        adapter.isPresent() && still instanceof UNetConfig unet
            ? adapter.get().inflate(unet)
            : still;
    NetworkConfig network =
        files.choice().attention().map(a -> looking(files.model(), inflated, a)).orElse(inflated);
    // An AnimateDiff directory's scheduler is its own; an image model's knows nothing of motion.
    Optional<DiffusersScheduler> moved =
        asked
                && own.kind().equals(DiffusersIndex.STABLE_DIFFUSION)
                && trained instanceof DiffusersScheduler image
            ? Optional.of(image.underMotion())
            : Optional.empty();
    ModelIndex index = moved.map(s -> own.underMotion(s.sampler())).orElse(own);
    Scheduling scheduling = moved.<Scheduling>map(s -> s).orElse(trained);
    AutoencoderConfig vae = autoencoder(layout.autoencoder());
    TextPart text = TextPart.read(layout, files.choice().reading());
    requireFit(files.model(), network, vae, text);
    return new ModelParts(layout, index, scheduling, network, vae, text, adapter);
  }

  private static AutoencoderConfig autoencoder(Component vae) {
    return switch (vae.className()) {
      case Pixels.KIND -> vae.config(Pixels.class);
      case KlConfig.KIND -> vae.config(KlConfig.class);
      default -> vae.config(CompactConfig.class);
    };
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

  private static void requireStill(Path model, NetworkConfig network) {
    if (!(network instanceof UNetConfig)) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "a motion adapter goes into a U-Net of Stable Diffusion 1.x; %s has none"
              .formatted(model));
    }
    if (network.temporal()) {
      throw new UserError(
          Fault.INVALID,
          "%s has motion modules in its U-Net already".formatted(model),
          "use it without a motion adapter");
    }
  }

  private static void requireFit(
      Path model, NetworkConfig network, AutoencoderConfig vae, TextPart words) {
    if (network.takes() != vae.latentChannels()) {
      throw new UserError(
          Fault.MISMATCH,
          "%s: its %s takes latents of %d channels, its autoencoder makes %d"
              .formatted(model, network.folder(), network.takes(), vae.latentChannels()));
    }
    if (network.textWidth() != words.width()) {
      throw new UserError(
          Fault.MISMATCH,
          "%s: its %s takes text of %d features, its text encoder makes %d"
              .formatted(model, network.folder(), network.textWidth(), words.width()));
    }
  }

  public Part<VideoNetwork> networkPart() {
    return new Part<>(
        layout.network(network.folder()), UnaryOperator.identity(), adapter, network::build);
  }

  public Part<Supplier<PromptEncoder>> textPart() {
    return new Part<>(layout.text(), text.names(), Optional.empty(), text::build);
  }

  public Part<Autoencoder> vaePart() {
    return new Part<>(
        layout.autoencoder(),
        vae instanceof KlConfig ? KlNames::modern : UnaryOperator.identity(),
        Optional.empty(),
        vae::build);
  }
}
