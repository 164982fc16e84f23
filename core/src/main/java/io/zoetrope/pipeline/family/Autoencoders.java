package io.zoetrope.pipeline.family;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.WeightSet;
import io.zoetrope.checkpoint.keys.VaeFile;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.network.vae.AutoencoderConfig;
import io.zoetrope.network.vae.CompactConfig;
import io.zoetrope.network.vae.CompactTemporalConfig;
import io.zoetrope.network.vae.KlConfig;
import io.zoetrope.network.vae.KlTemporalConfig;
import io.zoetrope.network.vae.Pixels;
import io.zoetrope.network.vae.tiny.TinyConfig;
import io.zoetrope.network.vae.tiny.TinyPicturesConfig;
import io.zoetrope.network.vae.wan.WanVaeConfig;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Precision;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/** Autoencoders, by what their configs call themselves. */
public final class Autoencoders {
  /** Those trained here say nothing. */
  private static final Map<String, Class<? extends AutoencoderConfig>> KINDS =
      Map.of(
          "",
          CompactConfig.class,
          CompactTemporalConfig.KIND,
          CompactTemporalConfig.class,
          Pixels.KIND,
          Pixels.class,
          KlConfig.KIND,
          KlConfig.class,
          KlTemporalConfig.KIND,
          KlTemporalConfig.class,
          WanVaeConfig.KIND,
          WanVaeConfig.class,
          TinyPicturesConfig.KIND,
          TinyPicturesConfig.class);

  /** Files without a config, whose weights say their shape. */
  private record Told(
      Predicate<Set<String>> is, Function<Map<String, long[]>, AutoencoderConfig> shape) {}

  private static final List<Told> TOLD =
      List.of(
          new Told(TinyConfig::is, TinyConfig::of),
          new Told(TinyPicturesConfig::is, TinyPicturesConfig::of));

  private Autoencoders() {}

  /**
   * Reads the shape of one.
   *
   * @throws UserError if it is of no kind that is known, or its config is damaged
   */
  public static AutoencoderConfig read(Component vae) {
    String kind = vae.className();
    Class<? extends AutoencoderConfig> type = KINDS.get(kind);
    if (type == null) {
      TreeSet<String> known = new TreeSet<>(KINDS.keySet());
      known.remove("");
      throw new UserError(
          Fault.UNSUPPORTED,
          "%s: autoencoder '%s' is unknown; known are %s"
              .formatted(vae.folder(), kind, String.join(", ", known)));
    }
    return vae.config(type).named(vae.folder());
  }

  /**
   * The shape of a tiny one in a file, TAEHV or TAESD; empty if it is another.
   *
   * @throws UserError if one that has to be there of its weights is missing
   */
  static Optional<AutoencoderConfig> tiny(VaeFile file) {
    try {
      return TOLD.stream()
          .filter(told -> told.is.test(file.names()))
          .findFirst()
          .map(told -> told.shape.apply(file.shapes()).named(file.path()))
          .map(config ->
              file.scale()
                  .map(s -> config.standingFor(new Autoencoder.Scaling(s.factor(), s.shift())))
                  .orElse(config));
    } catch (UserError e) {
      throw e.at(file.path());
    }
  }

  /** An autoencoder alone, in f32, and what it holds. */
  public record Opened(Autoencoder autoencoder, ParameterStore store, Runnable file)
      implements AutoCloseable {
    @Override
    public void close() {
      store.close();
      file.run();
    }
  }

  /**
   * Opens that of a folder, which may be a model's or a run's, or a file of TAEHV or TAESD.
   *
   * @throws UserError if there is none, or it is damaged
   */
  public static Opened open(Path folder) {
    if (Files.isRegularFile(folder)) {
      return file(folder);
    }
    Component inside = Component.diffusion(folder.resolve("vae"));
    Component vae = inside.exists() ? inside : Component.diffusion(folder);
    if (!vae.exists()) {
      throw new UserError(
          Fault.NOT_FOUND, "%s has no config.json: it is no autoencoder".formatted(folder));
    }
    AutoencoderConfig config = read(vae);
    if (!config.hasWeights()) {
      ParameterStore none = ParameterStore.blueprint();
      return new Opened(config.build(none.root()), none, () -> {});
    }
    WeightSet file = vae.open(Optional.empty());
    return opened(
        config,
        () -> {
          Map<String, Tensor> weights = new LinkedHashMap<>();
          file.tensors().forEach((key, tensor) -> weights.put(config.names().apply(key), tensor));
          return weights;
        },
        vae.folder(),
        file::close);
  }

  private static Opened file(Path path) {
    VaeFile file = VaeFile.open(path);
    try {
      AutoencoderConfig config =
          tiny(file)
              .orElseThrow(() ->
                  new UserError(
                      Fault.UNSUPPORTED,
                      "%s is no file of TAEHV or TAESD: of other autoencoders name the folder"
                          .formatted(path)));
      return opened(config, () -> file.weights().tensors(), path, file::close);
    } catch (UserError e) {
      file.close();
      throw e;
    }
  }

  private static Opened opened(
      AutoencoderConfig config, Supplier<Map<String, Tensor>> weights, Path where, Runnable close) {
    try {
      ParameterStore store = ParameterStore.forInference(weights.get(), Precision.F32);
      Autoencoder made = config.build(store.root());
      store.requireComplete(where.toString());
      return new Opened(made, store, close);
    } catch (RuntimeException e) {
      close.run();
      throw e;
    }
  }
}
