package io.zoetrope.network.unet;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.ClassInput;
import io.zoetrope.network.ConfigOptions;
import io.zoetrope.network.Told;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Configs of U-Nets and of what stands beside them, as diffusers writes them. What an option means
 * there is not always what it says: {@code attention_head_dim} is the number of heads.
 */
public final class DiffusersConfig {
  /** {@code _class_name} of an image network. */
  public static final String IMAGE = "UNet2DConditionModel";

  /** Of an image network with motion modules in it. */
  public static final String MOTION = "UNetMotionModel";

  /** Before the names of blocks that attend. */
  private static final String ATTENDS = "CrossAttn";

  /** Readers of networks for video, by {@code _class_name}. */
  private static final Map<String, Function<ConfigOptions, UNetConfig>> OTHERS =
      Map.of(
          ModelScopeConfig.CLASS,
          ModelScopeConfig::unet,
          StableVideoConfig.CLASS,
          StableVideoConfig::unet);

  private DiffusersConfig() {}

  /** Every {@code _class_name} that {@link #unet} reads. */
  public static Set<String> classes() {
    Set<String> all = new TreeSet<>(OTHERS.keySet());
    all.add(IMAGE);
    all.add(MOTION);
    return all;
  }

  /** Whether a {@code _class_name} is one that {@link #unet} reads. */
  public static boolean isUNet(String className) {
    return classes().contains(className);
  }

  /**
   * A U-Net of Stable Diffusion 1.x or 2.x, of AnimateDiff, or of ModelScope.
   *
   * @throws UserError naming an option that this version does not support
   */
  public static UNetConfig unet(JsonNode json) {
    ConfigOptions o = new ConfigOptions(json);
    Function<ConfigOptions, UNetConfig> other = OTHERS.get(o.word("_class_name", IMAGE));
    if (other != null) {
      return other.apply(o);
    }
    UNetConfig image = image(o, heads(o, "attention_head_dim", "num_attention_heads"));
    requireMirrored(o, image);
    return o.word("_class_name", IMAGE).equals(MOTION)
        ? image.inflated(Inflation.motion(module(o, image.widths().size(), "temporal", 2)))
        : image;
  }

  /**
   * A U-Net as the public code of Tune-A-Video saves it: one of Stable Diffusion 1.x, whose blocks
   * end in 3D there, inflated. Its {@code _class_name} is that of ModelScope's.
   *
   * @throws UserError naming an option that this version does not support
   */
  public static UNetConfig tuneAVideo(ObjectNode json) {
    ObjectNode image = json.deepCopy();
    image.put("_class_name", IMAGE);
    json.path("mid_block_type")
        .asStringOpt()
        .ifPresent(name -> image.put("mid_block_type", flat(name)));
    for (String way : List.of("down_block_types", "up_block_types")) {
      if (json.path(way).isArray()) {
        ArrayNode flat = image.putArray(way);
        json.path(way).forEach(block -> flat.add(flat(block.asString(""))));
      }
    }
    return unet(image).inflated(Inflation.TUNE_A_VIDEO);
  }

  private static String flat(String block) {
    return block.replace("Block3D", "Block2D");
  }

  /**
   * A U-Net of ModelScope by the shapes of its weights.
   *
   * @param shapes by diffusers' names
   * @throws UserError if weights are missing that tell it
   */
  public static UNetConfig modelScope(Map<String, long[]> shapes) {
    return ModelScopeConfig.of(shapes);
  }

  /**
   * The module that {@code MotionAdapter}'s config describes.
   *
   * @param json of the adapter
   * @param unet that it is to inflate
   * @throws UserError if it is not for that network
   */
  public static TemporalBlock.MotionModule adapter(JsonNode json, UNetConfig unet) {
    ConfigOptions o = new ConfigOptions(json);
    o.only("conv_in_channels");
    o.only("motion_mid_block_layers_per_block", "1");
    int resolutions = unet.widths().size();
    List<Integer> widths = o.integers("block_out_channels", 320, 640, 1280, 1280);
    if (!widths.equals(unet.widths())) {
      throw new UserError(
          Fault.MISMATCH,
          "the motion module is for a network of widths %s, not %s"
              .formatted(widths, unet.widths()));
    }
    if (o.same("motion_layers_per_block", resolutions, 2) != unet.blocks()) {
      throw new UserError(
          Fault.MISMATCH,
          "the motion module is not for a network of %s layers a resolution"
              .formatted(unet.blocks()));
    }
    return module(o, resolutions, "motion", 2);
  }

  /** {@code MotionAdapter}'s config of modules in a network: what {@link #adapter} reads. */
  static Map<String, Object> adapterOf(UNetConfig unet, TemporalBlock.MotionModule module) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("_class_name", "MotionAdapter");
    config.put("block_out_channels", unet.widths());
    config.put("motion_layers_per_block", unet.blocks());
    config.put("motion_max_seq_length", module.frames());
    config.put("motion_mid_block_layers_per_block", 1);
    config.put("motion_norm_num_groups", unet.style().groups());
    config.put("motion_num_attention_heads", module.heads());
    config.put("use_motion_mid_block", module.middle());
    if (!module.blocks().equals(MotionBlocks.all(1))) {
      config.put("motion_transformer_layers_per_block", module.blocks().down());
      config.put("motion_transformer_layers_per_mid_block", module.blocks().middle());
    }
    return config;
  }

  /**
   * A ControlNet of Stable Diffusion 1.x or 2.x, or AnimateDiff's SparseCtrl.
   *
   * @throws UserError naming an option that this version does not support
   */
  public static ControlNetConfig control(JsonNode json) {
    ConfigOptions o = new ConfigOptions(json);
    o.only("encoder_hid_dim");
    boolean sparse = o.word("_class_name", "ControlNetModel").equals("SparseControlNetModel");
    UNetConfig network = image(o, heads(o, "num_attention_heads", "attention_head_dim"));
    boolean masked = sparse && o.flag("concat_conditioning_mask", true);
    int channels = o.integer("conditioning_channels", sparse ? 4 : 3) + (masked ? 1 : 0);
    if (sparse) {
      TemporalBlock.MotionModule motion = module(o, network.widths().size(), "temporal", 1);
      network =
          network.inflated(
              Inflation.motion(
                  new TemporalBlock.MotionModule(
                      motion.heads(), motion.blocks(), 1, motion.frames(), false)));
    }
    o.only("controlnet_conditioning_channel_order", "rgb", "bgr");
    return new ControlNetConfig(
        network,
        sparse && o.flag("use_simplified_condition_embedding", true)
            ? new ControlNetConfig.Hint.Latents(channels)
            : new ControlNetConfig.Hint.Pictures(
                channels, o.integers("conditioning_embedding_out_channels", 16, 32, 96, 256)),
        masked,
        sparse ? ControlNetConfig.Sees.HINT : ControlNetConfig.Sees.NOISE_AND_HINT,
        o.word("controlnet_conditioning_channel_order", "rgb").equals("rgb")
            ? ControlNetConfig.Order.RGB
            : ControlNetConfig.Order.BGR,
        o.flag("global_pool_conditions", false)
            ? ControlNetConfig.Reach.WHOLE_PICTURE
            : ControlNetConfig.Reach.EACH_PLACE);
  }

  /**
   * What {@link #control} reads of a control that is shown pictures beside a U-Net of Stable
   * Diffusion.
   */
  static Map<String, Object> controlOf(UNetConfig unet, ControlNetConfig.Hint.Pictures hint) {
    Map<String, Object> config = new LinkedHashMap<>();
    List<String> down = new ArrayList<>();
    int heads = 8;
    for (int each : unet.heads()) {
      down.add(each > 0 ? "CrossAttnDownBlock2D" : "DownBlock2D");
      heads = each > 0 ? each : heads;
    }
    int usual = heads;
    config.put("_class_name", "ControlNetModel");
    config.put("act_fn", "silu");
    config.put("attention_head_dim", unet.heads().stream().map(h -> h > 0 ? h : usual).toList());
    config.put("block_out_channels", unet.widths());
    config.put("conditioning_channels", hint.channels());
    config.put("conditioning_embedding_out_channels", hint.widths());
    config.put("controlnet_conditioning_channel_order", "rgb");
    config.put("cross_attention_dim", unet.textWidth());
    config.put("down_block_types", down);
    config.put("downsample_padding", 1);
    config.put("flip_sin_to_cos", true);
    config.put("freq_shift", 0);
    config.put("in_channels", unet.channels());
    config.put("layers_per_block", unet.blocks());
    config.put("mid_block_scale_factor", 1);
    config.put("norm_eps", unet.style().eps());
    config.put("norm_num_groups", unet.style().groups());
    config.put("resnet_time_scale_shift", "default");
    config.put("use_linear_projection", unet.style().linearProjection());
    return config;
  }

  /** The way down of an image network, without looking at what is said of the way up. */
  static UNetConfig image(ConfigOptions o, List<Integer> heads) {
    o.only("act_fn", "silu", "swish");
    o.only("flip_sin_to_cos", "true");
    o.only("freq_shift", "0");
    o.only("downsample_padding", "1");
    o.only("mid_block_scale_factor", "1", "1.0");
    o.only("mid_block_type", "UNetMidBlock2DCrossAttn", "UNetMidBlock2D");
    o.only("center_input_sample", "false");
    o.only("dual_cross_attention", "false");
    o.only("mid_block_only_cross_attention", "false");
    o.onlyAll("transformer_layers_per_block", "1");
    o.only("transformer_layers_per_mid_block", "1");
    o.only("reverse_transformer_layers_per_block");
    o.only("mid_block_layers", "1");
    o.only("encoder_hid_dim_type");
    o.only("class_embed_type", "projection");
    o.only("addition_embed_type");
    o.only("class_embeddings_concat", "false");
    o.only("resnet_skip_time_act", "false");
    o.only("resnet_out_scale_factor", "1", "1.0");
    o.only("resnet_time_scale_shift", "default", "scale_shift");
    o.only("time_embedding_type", "positional");
    o.only("time_embedding_dim");
    o.only("time_embedding_act_fn");
    o.only("timestep_post_act");
    o.only("conv_in_kernel", "3");
    o.only("conv_out_kernel", "3");
    o.only("attention_type", "default");
    o.only("cross_attention_norm");
    List<Integer> widths = o.integers("block_out_channels", 320, 640, 1280, 1280);
    LayerStyle style =
        new LayerStyle(
            o.integer("norm_num_groups", 32),
            o.number("norm_eps", 1e-5),
            o.word("resnet_time_scale_shift", "default").equals("default")
                ? LayerStyle.Modulation.SHIFT
                : LayerStyle.Modulation.SCALE_SHIFT,
            o.flag("use_linear_projection", false),
            false,
            false);
    return new UNetConfig(
        o.integer("in_channels", 4),
        o.integer("out_channels", 4),
        widths,
        attended(o, heads, "2D", "Motion"),
        middle(o, heads.getLast()),
        o.same("layers_per_block", widths.size(), 2),
        o.same("cross_attention_dim", widths.size(), 1280),
        style,
        Inflation.NONE,
        new Told(o.integer("time_cond_proj_dim", 0)).and(classes(o)),
        textOnly(o, widths.size()),
        Looks.TEXT);
  }

  /** Resolutions whose attention is to the text alone; said for all at once, so is the bottom's. */
  private static List<Integer> textOnly(ConfigOptions o, int resolutions) {
    JsonNode said = o.json().path("only_cross_attention");
    if (!said.isArray()) {
      o.only("only_cross_attention", "false");
      return List.of();
    }
    if (said.size() != resolutions) {
      throw new UserError(
          Fault.INVALID,
          "'only_cross_attention' must be said of %s resolutions, is %s"
              .formatted(resolutions, said));
    }
    List<Integer> only = new ArrayList<>();
    for (int i = 0; i < resolutions; i++) {
      if (said.path(i).asBoolean(false)) {
        only.add(i);
      }
    }
    return only;
  }

  /** What the network is told beside the level. */
  private static ClassInput classes(ConfigOptions o) {
    if (o.says("class_embed_type")) {
      int size = o.integer("projection_class_embeddings_input_dim", 0);
      return new ClassInput(ClassInput.Kind.EMBEDDING, size);
    }
    int levels = o.integer("num_class_embeds", 0);
    return levels == 0 ? ClassInput.NONE : new ClassInput(ClassInput.Kind.LEVELS, levels);
  }

  /** Null is a value here, and not the same as absence. */
  private static Middle middle(ConfigOptions o, int heads) {
    if (o.json().path("mid_block_type").isNull()) {
      return Middle.NONE;
    }
    return o.word("mid_block_type", "UNetMidBlock2DCrossAttn").equals("UNetMidBlock2D")
        ? Middle.PLAIN
        : Middle.attends(heads);
  }

  /** Heads of attention at each resolution, as the first option that is there says. */
  static List<Integer> heads(ConfigOptions o, String... names) {
    int resolutions = o.integers("block_out_channels", 320, 640, 1280, 1280).size();
    for (String name : names) {
      if (o.json().hasNonNull(name)) {
        return o.each(name, resolutions, 8);
      }
    }
    return Collections.nCopies(resolutions, 8);
  }

  /**
   * Heads where the blocks attend, else 0.
   *
   * @param kinds of blocks that are known, as their names end; the first is meant where none is
   *     named
   */
  static List<Integer> attended(ConfigOptions o, List<Integer> heads, String... kinds) {
    List<String> blocks = down(o, heads.size(), kinds[0]);
    List<Integer> attended = new ArrayList<>();
    for (int i = 0; i < blocks.size(); i++) {
      String block = blocks.get(i);
      boolean attends = block.startsWith(ATTENDS);
      String plain = attends ? block.substring(ATTENDS.length()) : block;
      if (Arrays.stream(kinds).noneMatch(kind -> plain.equals("DownBlock" + kind))) {
        throw new UserError(
            Fault.UNSUPPORTED, "unknown block '%s' on the way down".formatted(block));
      }
      attended.add(attends ? heads.get(i) : 0);
    }
    return attended;
  }

  private static List<String> down(ConfigOptions o, int resolutions, String kind) {
    String attends = ATTENDS + "DownBlock" + kind;
    List<String> blocks =
        o.words("down_block_types", attends, attends, attends, "DownBlock" + kind);
    if (blocks.size() != resolutions) {
      throw new UserError(
          Fault.INVALID,
          "'down_block_types' and 'block_out_channels' must be equally many, not %s and %s"
              .formatted(blocks.size(), resolutions));
    }
    return blocks;
  }

  /** The way up must attend where the way down does. */
  static void requireMirrored(ConfigOptions o, UNetConfig config) {
    List<String> up =
        o.words(
            "up_block_types",
            "UpBlock2D",
            "CrossAttnUpBlock2D",
            "CrossAttnUpBlock2D",
            "CrossAttnUpBlock2D");
    for (int i = 0; i < up.size(); i++) {
      boolean attends =
          i < config.heads().size() && config.heads().get(config.heads().size() - 1 - i) > 0;
      if (up.size() != config.heads().size() || attends != up.get(i).startsWith(ATTENDS)) {
        throw new UserError(
            Fault.UNSUPPORTED, "'up_block_types' must mirror 'down_block_types', are " + up);
      }
    }
  }

  /**
   * Motion modules.
   *
   * @param prefix of the option that names the transformer's blocks
   * @param attentions in each block
   */
  static TemporalBlock.MotionModule module(
      ConfigOptions o, int resolutions, String prefix, int attentions) {
    String each = prefix + "_transformer_layers_per_block";
    List<List<Integer>> down = o.lists(each, resolutions, 1);
    List<List<Integer>> up =
        o.says("reverse_" + each) ? o.lists("reverse_" + each, resolutions, 1) : down.reversed();
    int middle = o.each(prefix + "_transformer_layers_per_mid_block", 1, 1).getFirst();
    MotionBlocks blocks = MotionBlocks.of(down, middle, up);
    return new TemporalBlock.MotionModule(
        o.same("motion_num_attention_heads", resolutions, 8),
        blocks,
        attentions,
        o.integer("motion_max_seq_length", 32),
        o.flag("use_motion_mid_block", true));
  }
}
