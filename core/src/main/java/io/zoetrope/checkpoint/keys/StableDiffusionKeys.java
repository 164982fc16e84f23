package io.zoetrope.checkpoint.keys;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names in a single-file checkpoint of Stable Diffusion 1.x (those of the first, CompVis code)
 * in diffusers' terms: which component a key belongs to, and its name there. The U-Net has four
 * resolutions of two blocks.
 */
final class StableDiffusionKeys {
  static final String UNET = "unet";
  static final String VAE = "vae";
  static final String TEXT_ENCODER = "text_encoder";

  private static final String UNET_PREFIX = "model.diffusion_model.";
  private static final String VAE_PREFIX = "first_stage_model.";
  private static final String TEXT_PREFIX = "cond_stage_model.transformer.";

  /** Entries of input_blocks and output_blocks to a resolution: two blocks and a change of size. */
  private static final int STAGE = 3;

  private static final int LAST = 3;

  /** Tables of the training code, its averaged weights, its loss. */
  private static final Pattern LEFT_BEHIND =
      Pattern.compile(
          "model_ema\\..*|first_stage_model\\.loss\\..*|(.*\\.)?position_ids|scale_factor"
              + "|(log_one_minus_|sqrt_|sqrt_one_minus_|sqrt_recip_|sqrt_recipm1_)?alphas_cumprod"
              + "(_prev)?|betas|logvar|lvlb_weights|(cond_)?ids|posterior_.*"
              + "|cond_stage_model\\.(logit_scale|text_projection)");

  private static final Pattern PLACE =
      Pattern.compile("(input|output)_blocks\\.(\\d+)\\.(\\d)\\.(.+)");
  private static final Pattern VAE_PLACE =
      Pattern.compile("(encoder|decoder)\\.(down|up|mid)\\.(.+)");
  private static final Pattern VAE_BLOCK = Pattern.compile("(\\d)\\.block\\.(\\d)\\.(.+)");
  private static final Pattern VAE_RESIZE =
      Pattern.compile("(\\d)\\.(down|up)sample\\.(conv\\..+)");

  static final Map<String, String> RESNET =
      Map.of(
          "in_layers.0", "norm1",
          "in_layers.2", "conv1",
          "emb_layers.1", "time_emb_proj",
          "out_layers.0", "norm2",
          "out_layers.3", "conv2",
          "skip_connection", "conv_shortcut");
  static final Map<String, String> UNET_ENDS =
      Map.of(
          "time_embed.0", "time_embedding.linear_1",
          "time_embed.2", "time_embedding.linear_2",
          "out.0", "conv_norm_out",
          "out.2", "conv_out");
  private static final Map<String, String> VAE_ATTENTION =
      Map.of("norm", "group_norm", "q", "to_q", "k", "to_k", "v", "to_v", "proj_out", "to_out.0");

  private StableDiffusionKeys() {}

  /**
   * Where a weight belongs.
   *
   * @param component one of the folders of a model directory
   * @param name of the weight in it
   */
  record Place(String component, String name) {}

  /**
   * The place of a key; empty if it belongs to no component. A key that its component does not know
   * keeps its name, and will be unexpected there.
   */
  static Optional<Place> place(String key) {
    if (leftBehind(key)) {
      return Optional.empty();
    }
    if (key.startsWith(UNET_PREFIX)) {
      return Optional.of(new Place(UNET, unet(key.substring(UNET_PREFIX.length())).orElse(key)));
    }
    if (key.startsWith(VAE_PREFIX)) {
      return Optional.of(new Place(VAE, vae(key.substring(VAE_PREFIX.length())).orElse(key)));
    }
    if (key.startsWith(TEXT_PREFIX)) {
      String name = key.substring(TEXT_PREFIX.length());
      return Optional.of(
          new Place(TEXT_ENCODER, name.startsWith("text_model.") ? name : "text_model." + name));
    }
    return Optional.empty();
  }

  /** Whether a key is no weight of a network, but nothing to worry about either. */
  static boolean leftBehind(String key) {
    return LEFT_BEHIND.matcher(key).matches();
  }

  /** Diffusers' name of a weight of the U-Net. */
  static Optional<String> unet(String key) {
    Matcher place = PLACE.matcher(key);
    if (place.matches()) {
      int index = Integer.parseInt(place.group(2));
      int part = Integer.parseInt(place.group(3));
      return place.group(1).equals("input")
          ? down(index, part, place.group(4))
          : up(index, part, place.group(4));
    }
    if (key.startsWith("middle_block.")) {
      String rest = key.substring("middle_block.".length());
      String inner = rest.substring(Math.min(2, rest.length()));
      return switch (rest.substring(0, Math.min(2, rest.length()))) {
        case "0." -> resnet("mid_block.resnets.0", inner);
        case "1." -> Optional.of("mid_block.attentions.0." + inner);
        case "2." -> resnet("mid_block.resnets.1", inner);
        default -> Optional.empty();
      };
    }
    return renamed(key, UNET_ENDS);
  }

  private static Optional<String> down(int index, int part, String inner) {
    if (index == 0) {
      return Optional.of("conv_in." + inner);
    }
    int stage = (index - 1) / STAGE;
    int block = (index - 1) % STAGE;
    String at = "down_blocks." + stage;
    if (block == STAGE - 1) {
      return inner.startsWith("op.")
          ? Optional.of(at + ".downsamplers.0.conv." + inner.substring("op.".length()))
          : Optional.empty();
    }
    return layer(at, block, part, inner);
  }

  private static Optional<String> up(int index, int part, String inner) {
    String at = "up_blocks." + index / STAGE;
    // The change of size stands behind the stage's last block, with attention or without.
    return inner.startsWith("conv.")
        ? Optional.of(at + ".upsamplers.0." + inner)
        : layer(at, index % STAGE, part, inner);
  }

  private static Optional<String> layer(String at, int block, int part, String inner) {
    return part == 0
        ? resnet(at + ".resnets." + block, inner)
        : Optional.of(at + ".attentions." + block + "." + inner);
  }

  private static Optional<String> resnet(String at, String inner) {
    return renamed(inner, RESNET).map(name -> at + "." + name);
  }

  private static Optional<String> vae(String key) {
    Matcher place = VAE_PLACE.matcher(key);
    if (!place.matches()) {
      return Optional.of(key.replace(".norm_out.", ".conv_norm_out."));
    }
    String half = place.group(1) + ".";
    String rest = place.group(3);
    if (place.group(2).equals("mid")) {
      return middle(rest).map(name -> half + "mid_block." + name);
    }
    boolean up = place.group(2).equals("up");
    String stages = half + (up ? "up_blocks." : "down_blocks.");
    Matcher block = VAE_BLOCK.matcher(rest);
    if (block.matches()) {
      return Optional.of(
          stages
              + stage(up, block)
              + ".resnets."
              + block.group(2)
              + "."
              + block.group(3).replace("nin_shortcut.", "conv_shortcut."));
    }
    Matcher resize = VAE_RESIZE.matcher(rest);
    return resize.matches()
        ? Optional.of(
            stages + stage(up, resize) + "." + resize.group(2) + "samplers.0." + resize.group(3))
        : Optional.empty();
  }

  /** The decoder's stages are counted from the finest there, from the coarsest here. */
  private static int stage(boolean up, Matcher at) {
    int stage = Integer.parseInt(at.group(1));
    return up ? LAST - stage : stage;
  }

  private static Optional<String> middle(String rest) {
    if (rest.startsWith("attn_1.")) {
      return renamed(rest.substring("attn_1.".length()), VAE_ATTENTION)
          .map(name -> "attentions.0." + name);
    }
    return switch (rest.substring(0, Math.min(8, rest.length()))) {
      case "block_1." -> Optional.of("resnets.0." + rest.substring(8));
      case "block_2." -> Optional.of("resnets.1." + rest.substring(8));
      default -> Optional.empty();
    };
  }

  /** {@code layer.weight} with the layer by its other name. */
  static Optional<String> renamed(String key, Map<String, String> names) {
    int dot = key.lastIndexOf('.');
    if (dot < 0) {
      return Optional.empty();
    }
    return Optional.ofNullable(names.get(key.substring(0, dot)))
        .map(name -> name + key.substring(dot));
  }
}
