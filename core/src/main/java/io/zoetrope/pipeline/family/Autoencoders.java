package io.zoetrope.pipeline.family;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.vae.AutoencoderConfig;
import io.zoetrope.network.vae.CompactConfig;
import io.zoetrope.network.vae.KlConfig;
import io.zoetrope.network.vae.KlTemporalConfig;
import io.zoetrope.network.vae.Pixels;
import io.zoetrope.network.vae.wan.WanVaeConfig;
import java.util.Map;
import java.util.TreeSet;

/** Autoencoders, by what their configs call themselves. */
final class Autoencoders {
  /** Those trained here say nothing. */
  private static final Map<String, Class<? extends AutoencoderConfig>> KINDS =
      Map.of(
          "",
          CompactConfig.class,
          Pixels.KIND,
          Pixels.class,
          KlConfig.KIND,
          KlConfig.class,
          KlTemporalConfig.KIND,
          KlTemporalConfig.class,
          WanVaeConfig.KIND,
          WanVaeConfig.class);

  private Autoencoders() {}

  static AutoencoderConfig read(Component vae) {
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
}
