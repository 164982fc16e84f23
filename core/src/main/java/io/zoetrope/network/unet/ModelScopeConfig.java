package io.zoetrope.network.unet;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.ConfigOptions;
import io.zoetrope.network.Told;
import java.util.List;

/**
 * Configs of {@code UNet3DConditionModel}, the network of ModelScope and Zeroscope, as diffusers
 * writes them. {@code attention_head_dim} is here what it says, features of a head, and not, as in
 * those of Stable Diffusion, how many heads there are.
 */
final class ModelScopeConfig {
  /** Its {@code _class_name}. */
  static final String CLASS = "UNet3DConditionModel";

  private static final String HEAD = "attention_head_dim";

  private ModelScopeConfig() {}

  /**
   * Reads one.
   *
   * @throws UserError naming an option that this version does not support
   */
  static UNetConfig unet(ConfigOptions o) {
    o.only("act_fn", "silu", "swish");
    o.only("downsample_padding", "1");
    o.only("mid_block_scale_factor", "1", "1.0");
    o.only("num_attention_heads");
    if (o.json().path("norm_num_groups").isNull()) {
      throw new UserError(
          Fault.UNSUPPORTED, "'norm_num_groups' is null, of which this version knows nothing");
    }
    int head = o.integer(HEAD, 64);
    List<Integer> widths = o.integers("block_out_channels", 320, 640, 1280, 1280);
    List<Integer> heads = widths.stream().map(width -> heads(width, head)).toList();
    LayerStyle style =
        new LayerStyle(
            o.integer("norm_num_groups", 32),
            o.number("norm_eps", 1e-5),
            LayerStyle.Modulation.SHIFT,
            true,
            false,
            false);
    UNetConfig config =
        new UNetConfig(
                o.integer("in_channels", 4),
                o.integer("out_channels", 4),
                widths,
                DiffusersConfig.attended(o, heads, "3D"),
                heads.isEmpty() ? Middle.NONE : Middle.attends(heads.getLast()),
                o.integer("layers_per_block", 2),
                o.integer("cross_attention_dim", 1024),
                style,
                Inflation.modelScope(head))
            .telling(new Told(o.integer("time_cond_proj_dim", 0)));
    DiffusersConfig.requireMirrored(o, config);
    for (String block : o.words("up_block_types")) {
      if (!block.endsWith("UpBlock3D")) {
        throw new UserError(Fault.UNSUPPORTED, "unknown block '%s' on the way up".formatted(block));
      }
    }
    return config;
  }

  private static int heads(int width, int head) {
    if (head < 1 || width < head || width % head != 0) {
      throw new UserError(
          Fault.INVALID,
          "'%s' is %s, features of a head, into which a width of %s does not split"
              .formatted(HEAD, head, width));
    }
    return width / head;
  }
}
