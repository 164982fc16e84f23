package io.zoetrope.network.text.clip;

import com.fasterxml.jackson.annotation.JsonCreator;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Shape of a {@link ClipTextModel}, as {@code text_encoder/config.json} says it. What the file
 * leaves out is as in the first CLIP.
 *
 * @param vocabulary how many tokens there are
 * @param length tokens that it reads at once
 * @param width features of a token
 * @param hidden features inside a feed-forward layer
 * @param depth blocks
 * @param heads of attention
 * @param activation inside feed-forward layers
 * @param normEps of layer normalisation
 * @param end id of the token whose features stand for the whole text; {@value #OLD_END} means the
 *     largest id, see {@link ClipTextModel#encode}
 */
public record ClipTextConfig(
    int vocabulary,
    int length,
    int width,
    int hidden,
    int depth,
    int heads,
    Activation activation,
    double normEps,
    int end) {
  /** What {@code architectures} says in its config.json. */
  public static final String KIND = "CLIPTextModel";

  /** In configs written before 2023 the end token was wrong, and nobody looked at it. */
  static final int OLD_END = 2;

  /** Features of a head of OpenCLIP's. */
  private static final int HEAD = 64;

  /** Activations, both of which checkpoints have. */
  public enum Activation {
    /** {@code x sigmoid(1.702 x)}: Hendrycks &amp; Gimpel, "GELUs", 2016, section 2. */
    QUICK_GELU,
    /** {@code x Phi(x)}. */
    GELU;

    /**
     * By the name that configs give it.
     *
     * @throws UserError if it is another
     */
    public static Activation of(String name) {
      return switch (name) {
        case "quick_gelu" -> QUICK_GELU;
        case "gelu" -> GELU;
        default ->
            throw new UserError(
                Fault.UNSUPPORTED,
                "hidden_act '%s' is unknown".formatted(name),
                "quick_gelu and gelu are known");
      };
    }
  }

  public ClipTextConfig {
    if (vocabulary < 1
        || length < 3
        || width < 1
        || hidden < 1
        || depth < 1
        || heads < 1
        || width % heads != 0
        || !(normEps > 0)) {
      throw new UserError(
          Fault.INVALID,
          "a CLIP text encoder needs positive sizes, at least 3 max_position_embeddings, and a"
              + " hidden_size that splits into its num_attention_heads");
    }
  }

  /**
   * As a config says it, which may be part of another.
   *
   * @throws UserError if it says what no CLIP is
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static ClipTextConfig of(JsonNode json) {
    return new ClipTextConfig(
        number(json, "vocab_size", 49408),
        number(json, "max_position_embeddings", 77),
        number(json, "hidden_size", 512),
        number(json, "intermediate_size", 2048),
        number(json, "num_hidden_layers", 12),
        number(json, "num_attention_heads", 8),
        Activation.of(json.path("hidden_act").asString("quick_gelu")),
        json.path("layer_norm_eps").asDouble(1e-5),
        number(json, "eos_token_id", 49407));
  }

  /**
   * The shape of an OpenCLIP by those of its weights: heads of 64 features, and exact GELUs.
   *
   * @param shapes by the names of {@link ClipTextModel}
   * @throws UserError if weights are missing that tell it
   */
  public static ClipTextConfig of(Map<String, long[]> shapes) {
    int depth = 0;
    while (shapes.containsKey(layer(depth, "layer_norm1"))) {
      depth++;
    }
    int width = side(shapes, "text_model.embeddings.token_embedding.weight", 1);
    return new ClipTextConfig(
        side(shapes, "text_model.embeddings.token_embedding.weight", 0),
        side(shapes, "text_model.embeddings.position_embedding.weight", 0),
        width,
        side(shapes, layer(0, "mlp.fc1"), 0),
        depth,
        Math.max(1, width / HEAD),
        Activation.GELU,
        1e-5,
        OLD_END);
  }

  private static String layer(int block, String what) {
    return "text_model.encoder.layers.%s.%s.weight".formatted(block, what);
  }

  private static int side(Map<String, long[]> shapes, String name, int axis) {
    long[] shape = shapes.get(name);
    if (shape == null || shape.length <= axis) {
      throw new UserError(
          Fault.MISMATCH, "it is no text encoder of OpenCLIP: it has no %s".formatted(name));
    }
    return Math.toIntExact(shape[axis]);
  }

  /** What its blocks are like. */
  ClipBlock.Shape block() {
    return new ClipBlock.Shape(width, hidden, heads, activation, normEps, ClipBlock.Sight.BEFORE);
  }

  private static int number(JsonNode json, String name, int otherwise) {
    JsonNode value = json.path(name);
    if (value.isMissingNode()) {
      return otherwise;
    }
    if (!value.canConvertToInt() || !value.isIntegralNumber()) {
      throw new UserError(
          Fault.INVALID, "%s must be a whole number, not %s".formatted(name, value));
    }
    return value.intValue();
  }
}
