package io.zoetrope.network.vision;

import com.fasterxml.jackson.annotation.JsonCreator;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.text.clip.ClipTextConfig;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Shape of a whole CLIP, text and pictures, as the {@code config.json} of transformers' {@code
 * CLIPModel} says it.
 *
 * @param text its text encoder
 * @param vision its vision encoder, whose projection is {@link #embedding}
 */
public record ClipModelConfig(ClipTextConfig text, ClipVisionConfig vision) {
  /** What {@code model_type} says in its config.json. */
  public static final String KIND = "clip";

  /** Models that are near to it, and what keeps them out. */
  private static final Map<String, String> OTHERS =
      Map.of(
          "clip_text_model", "is the half of a CLIP that reads texts",
          "clip_vision_model", "is the half of a CLIP that reads pictures",
          "siglip", "has encoders and a tokenizer of its own",
          "siglip2", "has encoders and a tokenizer of its own",
          "align", "has encoders and a tokenizer of its own",
          "chinese_clip", "reads texts by a BERT",
          "altclip", "reads texts by a RoBERTa");

  /** Features of the space that texts and pictures share. */
  public int embedding() {
    return vision.projection();
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static ClipModelConfig of(JsonNode json) {
    String kind = json.path("model_type").asString("");
    if (!kind.equals(KIND)) {
      throw new UserError(
          Fault.UNSUPPORTED,
          kind.isEmpty()
              ? "it says no model_type"
              : "'%s' %s".formatted(kind, OTHERS.getOrDefault(kind, "is no model that is known")),
          "a CLIPModel of transformers, '%s', has texts and pictures in one space".formatted(KIND));
    }
    int embedding = ClipVisionConfig.number(json, "projection_dim", 512);
    if (embedding < 1) {
      throw new UserError(Fault.INVALID, "projection_dim must be positive, not " + embedding);
    }
    return new ClipModelConfig(
        ClipTextConfig.of(half(json, "text_config")),
        ClipVisionConfig.of(half(json, "vision_config")).projecting(embedding));
  }

  /**
   * Old files say a half twice; the second counts, and what it leaves out is as in the first CLIP.
   */
  private static JsonNode half(JsonNode json, String name) {
    JsonNode old = json.path(name + "_dict");
    return old.isObject() ? old : json.path(name);
  }
}
