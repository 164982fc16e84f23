package io.zoetrope.network.unet;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.ConfigOptions;
import io.zoetrope.network.Told;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Configs of {@code UNet3DConditionModel}, the network of ModelScope and Zeroscope, as diffusers
 * writes them. {@code attention_head_dim} is here what it says, features of a head, and not, as in
 * those of Stable Diffusion, how many heads there are.
 */
final class ModelScopeConfig {
  /** Its {@code _class_name}. */
  static final String CLASS = "UNet3DConditionModel";

  private static final String HEAD = "attention_head_dim";

  private static final int GROUPS = 32;
  private static final double EPS = 1e-5;

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
    UNetConfig config =
        new UNetConfig(
                o.integer("in_channels", 4),
                o.integer("out_channels", 4),
                widths,
                DiffusersConfig.attended(o, heads, "3D"),
                heads.isEmpty() ? Middle.NONE : Middle.attends(heads.getLast()),
                o.integer("layers_per_block", 2),
                o.integer("cross_attention_dim", 1024),
                style(o.integer("norm_num_groups", GROUPS), o.number("norm_eps", EPS)),
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

  private static LayerStyle style(int groups, double eps) {
    return new LayerStyle(groups, eps, LayerStyle.Modulation.SHIFT, true, false, false);
  }

  /**
   * The shape of a network by those of its weights, as files have it that say nothing else: norms
   * are as in the published one.
   *
   * @param shapes by diffusers' names
   * @throws UserError if weights are missing that tell it
   */
  static UNetConfig of(Map<String, long[]> shapes) {
    List<Integer> widths = new ArrayList<>();
    List<Boolean> attends = new ArrayList<>();
    for (int i = 0; shapes.containsKey("down_blocks.%s.resnets.0.conv1.weight".formatted(i)); i++) {
      widths.add(side(shapes, "down_blocks.%s.resnets.0.conv1.weight".formatted(i), 0));
      attends.add(shapes.containsKey("down_blocks.%s.attentions.0.norm.weight".formatted(i)));
    }
    int blocks = 0;
    while (shapes.containsKey("down_blocks.0.resnets.%s.conv1.weight".formatted(blocks))) {
      blocks++;
    }
    int head = side(shapes, "transformer_in.proj_in.weight", 0) / Inflation.START_HEADS;
    List<Integer> heads = new ArrayList<>();
    for (int i = 0; i < widths.size(); i++) {
      heads.add(attends.get(i) ? heads(widths.get(i), head) : 0);
    }
    return new UNetConfig(
        side(shapes, "conv_in.weight", 1),
        side(shapes, "conv_out.weight", 0),
        widths,
        heads,
        widths.isEmpty() ? Middle.NONE : Middle.attends(heads(widths.getLast(), head)),
        blocks,
        side(shapes, "mid_block.attentions.0.transformer_blocks.0.attn2.to_k.weight", 1),
        style(GROUPS, EPS),
        Inflation.modelScope(head));
  }

  private static int side(Map<String, long[]> shapes, String name, int axis) {
    long[] shape = shapes.get(name);
    if (shape == null || shape.length <= axis) {
      throw new UserError(
          Fault.DAMAGED, "its U-Net has no %s: the model is not whole".formatted(name));
    }
    return Math.toIntExact(shape[axis]);
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
