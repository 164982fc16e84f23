package io.zoetrope.network.vision;

import com.fasterxml.jackson.annotation.JsonCreator;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.text.clip.ClipBlock;
import io.zoetrope.network.text.clip.ClipTextConfig;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Shape of a {@link ClipVisionModel}, as its {@code config.json} says it. What the file leaves out
 * is as in the first CLIP.
 *
 * @param side pixels of the square picture that it sees
 * @param patch pixels of the side of what becomes one token; divides {@code side}
 * @param width features of a token
 * @param hidden features inside a feed-forward layer
 * @param depth blocks, at least 2
 * @param heads of attention
 * @param activation inside feed-forward layers
 * @param normEps of layer normalisation
 * @param projection features of the embedding of the whole picture; 0 where there is none
 */
public record ClipVisionConfig(
    int side,
    int patch,
    int width,
    int hidden,
    int depth,
    int heads,
    ClipTextConfig.Activation activation,
    double normEps,
    int projection) {
  /** What {@code architectures} says in its config.json. */
  public static final String KIND = "CLIPVisionModelWithProjection";

  /** The same of an encoder whose embeddings nobody asks for. */
  public static final String BARE = "CLIPVisionModel";

  /** Features of a head of ViT-H. */
  private static final int HEAD = 80;

  public ClipVisionConfig {
    if (patch < 1
        || side < patch
        || side % patch != 0
        || width < 1
        || hidden < 1
        || depth < 2
        || heads < 1
        || width % heads != 0
        || projection < 0
        || !(normEps > 0)) {
      throw new UserError(
          Fault.INVALID,
          "a CLIP vision encoder needs positive sizes, at least 2 num_hidden_layers, an image_size"
              + " of whole patches, and a hidden_size that splits into its num_attention_heads");
    }
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static ClipVisionConfig of(JsonNode json) {
    return new ClipVisionConfig(
        number(json, "image_size", 224),
        number(json, "patch_size", 32),
        number(json, "hidden_size", 768),
        number(json, "intermediate_size", 3072),
        number(json, "num_hidden_layers", 12),
        number(json, "num_attention_heads", 12),
        ClipTextConfig.Activation.of(json.path("hidden_act").asString("quick_gelu")),
        json.path("layer_norm_eps").asDouble(1e-5),
        json.path("architectures").path(0).asString("").equals(BARE)
            ? 0
            : number(json, "projection_dim", 512));
  }

  /**
   * The shape that weights have, of CLIP ViT-H/14 and its like: GELU, and heads of 80 features.
   *
   * @param shapes by the names of transformers
   * @throws UserError if they are of no such encoder
   */
  public static ClipVisionConfig of(Map<String, long[]> shapes) {
    long[] patches = shapes.get("vision_model.embeddings.patch_embedding.weight");
    long[] places = shapes.get("vision_model.embeddings.position_embedding.weight");
    long[] hidden = shapes.get("vision_model.encoder.layers.0.mlp.fc1.weight");
    if (patches == null || places == null || hidden == null || patches.length != 4) {
      throw new UserError(Fault.MISMATCH, "it is no vision encoder of CLIP");
    }
    int depth = 0;
    while (shapes.containsKey("vision_model.encoder.layers.%s.mlp.fc1.weight".formatted(depth))) {
      depth++;
    }
    int width = Math.toIntExact(patches[0]);
    int patch = Math.toIntExact(patches[3]);
    long[] projection = shapes.get("visual_projection.weight");
    return new ClipVisionConfig(
        patch * (int) Math.round(Math.sqrt(places[0] - 1)),
        patch,
        width,
        Math.toIntExact(hidden[0]),
        depth,
        Math.max(1, width / HEAD),
        ClipTextConfig.Activation.of("gelu"),
        1e-5,
        projection == null ? 0 : Math.toIntExact(projection[0]));
  }

  /** The same, whose embedding of the whole picture has so many features. */
  ClipVisionConfig projecting(int features) {
    return new ClipVisionConfig(
        side, patch, width, hidden, depth, heads, activation, normEps, features);
  }

  /** Tokens of a picture: its patches, and one before them for the whole. */
  public int tokens() {
    return (side / patch) * (side / patch) + 1;
  }

  /** What its blocks are like. */
  ClipBlock.Shape block() {
    return new ClipBlock.Shape(width, hidden, heads, activation, normEps, ClipBlock.Sight.ALL);
  }

  static int number(JsonNode json, String name, int otherwise) {
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
