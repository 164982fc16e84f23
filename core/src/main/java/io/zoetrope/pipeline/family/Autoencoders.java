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
import io.zoetrope.network.vae.wan.WanVaeConfig;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Precision;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
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
          WanVaeConfig.class);

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
    return vae.config(type);
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
   * Opens that of a folder, which may be a model's or a run's, or a file of TAEHV.
   *
   * @throws UserError if there is none, or it is damaged
   */
  public static Opened open(Path folder) {
    if (Files.isRegularFile(folder)) {
      return tiny(folder);
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

  private static Opened tiny(Path path) {
    VaeFile file = VaeFile.open(path);
    if (!TinyConfig.is(file.names())) {
      file.close();
      throw new UserError(
          Fault.UNSUPPORTED,
          "%s is no file of TAEHV: of other autoencoders name the folder".formatted(path));
    }
    try {
      return opened(
          TinyConfig.of(file.shapes()), () -> file.weights().tensors(), path, file::close);
    } catch (UserError e) {
      file.close();
      throw e.at(path);
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
