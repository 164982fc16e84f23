package io.zoetrope.network.unet;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.ClipInput;
import io.zoetrope.network.ConfigOptions;
import io.zoetrope.network.Told;
import java.util.List;

/**
 * Configs of {@code UNetSpatioTemporalConditionModel}, the network of Stable Video Diffusion, as
 * diffusers writes them. Heads of attention must be in the file: what was meant where they are not
 * has changed, and a network of other heads runs and is wrong.
 */
final class StableVideoConfig {
  /** Its {@code _class_name}. */
  static final String CLASS = "UNetSpatioTemporalConditionModel";

  private static final String HEADS = "num_attention_heads";
  private static final String SINUSOIDS = "addition_time_embed_dim";
  private static final String JOINED = "projection_class_embeddings_input_dim";

  private static final List<ClipInput.Kind> NUMBERS =
      List.of(ClipInput.Kind.RATE, ClipInput.Kind.MOTION, ClipInput.Kind.AUGMENTATION);

  private StableVideoConfig() {}

  /**
   * Reads one.
   *
   * @throws UserError naming an option that this version does not support
   */
  static UNetConfig unet(ConfigOptions o) {
    List<Integer> widths = o.integers("block_out_channels", 320, 640, 1280, 1280);
    if (!o.says(HEADS)) {
      throw new UserError(
          Fault.INVALID,
          "'%s' is missing: without it a network runs and is wrong".formatted(HEADS),
          "write it into the config; Stable Video Diffusion has [5, 10, 20, 20]");
    }
    List<Integer> heads = o.each(HEADS, widths.size(), 0);
    o.onlyAll("transformer_layers_per_block", "1");
    UNetConfig config =
        new UNetConfig(
            o.integer("in_channels", 8),
            o.integer("out_channels", 4),
            widths,
            DiffusersConfig.attended(o, heads, "SpatioTemporal"),
            Middle.attends(heads.getLast()),
            o.same("layers_per_block", widths.size(), 2),
            o.same("cross_attention_dim", widths.size(), 1024),
            LayerStyle.STABLE_VIDEO.grouped(o.integer("norm_num_groups", 32)),
            Inflation.STABLE_VIDEO_RELEASED,
            Told.LEVEL.and(numbers(o)),
            List.of(),
            Looks.PICTURES);
    DiffusersConfig.requireMirrored(o, config);
    return config;
  }

  private static ClipInput numbers(ConfigOptions o) {
    int sinusoids = o.integer(SINUSOIDS, 256);
    int joined = o.integer(JOINED, 768);
    if (joined != NUMBERS.size() * sinusoids) {
      throw new UserError(
          Fault.INVALID,
          "'%s' must be %s times '%s', for frames per second, motion and augmentation, is %s"
              .formatted(JOINED, NUMBERS.size(), SINUSOIDS, joined));
    }
    return new ClipInput(NUMBERS, sinusoids);
  }
}
