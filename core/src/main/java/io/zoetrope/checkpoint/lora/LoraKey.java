package io.zoetrope.checkpoint.lora;

import io.zoetrope.checkpoint.safetensors.SafetensorsHeader;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a tensor in a LoRA file, understood. The dialects differ in the prefix (which
 * network), in how the layer is spelled, and in the suffix (which factor):
 *
 * <ul>
 *   <li>PEFT: {@code base_model.model.LAYER.lora_A.weight}, or {@code unet.LAYER.lora_A.weight};
 *   <li>older diffusers: {@code unet.LAYER.lora.down.weight}, {@code
 *       ...attn1.processor.to_q_lora.down.weight}, {@code LAYER.lora_linear_layer.down.weight};
 *   <li>kohya: {@code lora_unet_LAYER.lora_down.weight} with {@code _} for each dot, and {@code
 *       .alpha};
 *   <li>AnimateDiff: as older diffusers, with the original names of the motion modules;
 *   <li>layers by the names of the first code, {@code input_blocks.1.1...}, after any prefix
 *       ({@link io.zoetrope.checkpoint.keys.FirstCodeNames}).
 * </ul>
 *
 * @param part the network, where the name says it
 * @param layer the layer's dotted or underscored name, with the spellings above undone
 * @param role which of its tensors this is
 */
record LoraKey(Optional<Part> part, String layer, Role role) {
  /** The networks of a model. */
  enum Part {
    DENOISER,
    TEXT_ENCODER,
    TEXT_ENCODER_2
  }

  /** What a tensor is to its layer. */
  enum Role {
    DOWN,
    UP,
    ALPHA,
    /** Added to the weight. */
    DIFF,
    /** Added to the bias. */
    DIFF_BIAS,
    /** Added to a block's table of modulation. */
    DIFF_TABLE,
    /** Added to the bias, and scaled as the factors are. */
    UP_BIAS;

    /** Whether it is added as it is, without a second factor. */
    boolean whole() {
      return this == DIFF || this == DIFF_BIAS || this == DIFF_TABLE || this == UP_BIAS;
    }

    /**
     * The parameter of a layer that it is added to.
     *
     * @param layer of the network; empty for the whole of it
     */
    String parameter(String layer) {
      String stem = layer.isEmpty() ? "" : layer + ".";
      return switch (this) {
        case DOWN, UP, ALPHA, DIFF -> stem + "weight";
        case DIFF_BIAS, UP_BIAS -> stem + "bias";
        case DIFF_TABLE -> stem + "scale_shift_table";
      };
    }
  }

  private static final Map<String, Role> WHOLE =
      Map.of(
          "diff", Role.DIFF,
          "diff_b", Role.DIFF_BIAS,
          "diff_m", Role.DIFF_TABLE,
          "lora_B.bias", Role.UP_BIAS,
          "lora_up.bias", Role.UP_BIAS);

  private static final Pattern ADDED =
      Pattern.compile("(.+?)\\.(diff|diff_b|diff_m|lora_B\\.bias|lora_up\\.bias)");

  private static final Pattern FACTOR =
      Pattern.compile(
          "(.+?)(?:\\.lora_(?:(A|down)|(B|up))(?:\\.[A-Za-z0-9]\\w*)?"
              + "|(?:\\.lora|\\.lora_linear_layer|_lora)\\.(?:(down)|(up)))\\.weight");
  private static final Pattern ALPHA =
      Pattern.compile("(.+?)(?:\\.lora|\\.lora_linear_layer|_lora)?\\.alpha");

  private static final String TEXT_MODEL = "text_model_";

  /** What is no plain low-rank update; to leave it out would change the result unsaid. */
  private static final Map<Pattern, String> REFUSED =
      Map.of(
          Pattern.compile(".*\\.lora_mid\\.weight"), "a convolution in three factors (LoCon, CP)",
          Pattern.compile(".*\\.hada_\\w+"), "LoHa",
          Pattern.compile(".*\\.lokr_\\w+"), "LoKr",
          Pattern.compile(".*\\.oft_\\w+(\\.\\w+)*"), "OFT",
          Pattern.compile(".*\\.(dora_scale|lora_magnitude_vector(\\.\\w+)*)"), "DoRA",
          Pattern.compile(".*\\.(on_input|w_norm|b_norm)"), "a full update",
          Pattern.compile(".*\\.lora_embedding_[AB](\\.\\w+)*"), "LoRA of an embedding");

  private record Prefix(String text, Part part) {}

  private static final List<Prefix> PREFIXES =
      List.of(
          new Prefix("lora_unet_", Part.DENOISER),
          new Prefix("lora_transformer_", Part.DENOISER),
          new Prefix("lora_te_", Part.TEXT_ENCODER),
          new Prefix("lora_te1_", Part.TEXT_ENCODER),
          new Prefix("lora_te2_", Part.TEXT_ENCODER_2),
          new Prefix("unet.", Part.DENOISER),
          new Prefix("transformer.", Part.DENOISER),
          new Prefix("diffusion_model.", Part.DENOISER),
          new Prefix("model.diffusion_model.", Part.DENOISER),
          new Prefix("cond_stage_model.transformer.", Part.TEXT_ENCODER),
          new Prefix("text_encoders.clip_l.transformer.", Part.TEXT_ENCODER),
          new Prefix("text_encoder.", Part.TEXT_ENCODER),
          new Prefix("text_encoder_2.", Part.TEXT_ENCODER_2));

  /**
   * Understands a name.
   *
   * @return empty if it has nothing of a LoRA
   * @throws UserError if it belongs to another kind of adapter
   */
  static Optional<LoraKey> parse(String name) {
    Matcher factor = FACTOR.matcher(name);
    if (factor.matches()) {
      boolean down = factor.group(2) != null || factor.group(4) != null;
      return Optional.of(of(factor.group(1), down ? Role.DOWN : Role.UP));
    }
    Matcher alpha = ALPHA.matcher(name);
    if (alpha.matches()) {
      return Optional.of(of(alpha.group(1), Role.ALPHA));
    }
    Matcher added = ADDED.matcher(name);
    if (added.matches()) {
      Role role = Objects.requireNonNull(WHOLE.get(added.group(2)));
      return Optional.of(of(added.group(1), role));
    }
    REFUSED.forEach((pattern, kind) -> {
      if (pattern.matcher(name).matches()) {
        throw new UserError(
            Fault.UNSUPPORTED,
            "tensor '%s' is of %s; only plain LoRA (down and up) can be used"
                .formatted(SafetensorsHeader.clean(name), kind));
      }
    });
    return Optional.empty();
  }

  private static LoraKey of(String stem, Role role) {
    String layer = stem;
    for (String wrapper : List.of("base_model.model.", "module.")) {
      layer = layer.startsWith(wrapper) ? layer.substring(wrapper.length()) : layer;
    }
    Optional<Part> part = Optional.empty();
    for (Prefix prefix : PREFIXES) {
      if (layer.startsWith(prefix.text)) {
        layer = layer.substring(prefix.text.length());
        part = Optional.of(prefix.part);
        break;
      }
    }
    return new LoraKey(part, spelled(layer), role);
  }

  /** The layer as networks of today call it. */
  private static String spelled(String old) {
    String layer = old.replace(".processor.", ".").replaceFirst("\\.processor$", "");
    // "to_q_lora" has lost its ending above; of text encoders it stood for "q_proj".
    Matcher text = Pattern.compile("(.*\\.self_attn\\.)to_(q|k|v|out)").matcher(layer);
    if (text.matches()) {
      layer = text.group(1) + text.group(2) + "_proj";
    }
    layer = layer.endsWith(".to_out") ? layer + ".0" : layer;
    if (layer.contains("motion_modules.")) {
      layer =
          layer
              .replace(".temporal_transformer.", ".")
              .replace(".attention_blocks.0.", ".attn1.")
              .replace(".attention_blocks.1.", ".attn2.");
    }
    return layer;
  }

  /**
   * Under which name the spellings of a layer meet: with dots and with underscores; of a text
   * encoder with {@code text_model} before it, as it was called up to transformers 4, and without.
   */
  static String canonical(String layer) {
    String flat = flat(layer);
    return flat.startsWith(TEXT_MODEL) ? flat.substring(TEXT_MODEL.length()) : flat;
  }

  private static String flat(String layer) {
    return layer.replace('.', '_');
  }

  /** The same for both factors and the alpha of a layer. */
  String place() {
    return part.map(Part::name).orElse("") + ":" + canonical(layer);
  }
}
