package io.zoetrope.network.prior;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Shape of a {@link PriorTransformer}, in the words of diffusers' config. What a file leaves out is
 * as in Karlo.
 *
 * @param heads of attention
 * @param headWidth features of a head; heads times it is the width of a token inside
 * @param depth blocks
 * @param embedding features of what it makes, and of a token and the whole of its text
 * @param tokens of a text
 * @param timeWidth features between the two layers that tell the level
 */
public record PriorConfig(
    int heads, int headWidth, int depth, int embedding, int tokens, int timeWidth) {
  /** What {@code _class_name} says in its config.json. */
  public static final String KIND = "PriorTransformer";

  /** Tokens behind those of the text: its whole, the level, the noisy embedding, the query. */
  static final int MORE = 4;

  public PriorConfig {
    if (heads < 1 || headWidth < 1 || depth < 1 || embedding < 1 || tokens < 1 || timeWidth < 1) {
      throw new UserError(Fault.INVALID, "a prior needs positive sizes");
    }
    if (heads * headWidth % 2 != 0) {
      throw new UserError(
          Fault.INVALID,
          "a prior's num_attention_heads * attention_head_dim must be even, not %s"
              .formatted(heads * headWidth));
    }
  }

  /** Features of a token inside. */
  public int width() {
    return heads * headWidth;
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static PriorConfig of(JsonNode json) {
    only(json, "time_embed_act_fn", "silu");
    only(json, "norm_in_type", "");
    only(json, "embedding_proj_norm_type", "");
    only(json, "encoder_hid_proj_type", "linear");
    only(json, "added_emb_type", "prd");
    int embedding = number(json, "embedding_dim", 768);
    for (String same : new String[] {"embedding_proj_dim", "clip_embed_dim"}) {
      if (number(json, same, embedding) != embedding) {
        throw new UserError(
            Fault.UNSUPPORTED,
            "'%s' is %s where embedding_dim is %s; priors of one width are known"
                .formatted(same, json.get(same), embedding));
      }
    }
    if (number(json, "additional_embeddings", MORE) != MORE) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "'additional_embeddings' is %s; %s are known"
              .formatted(json.get("additional_embeddings"), MORE));
    }
    int heads = number(json, "num_attention_heads", 32);
    int headWidth = number(json, "attention_head_dim", 64);
    return new PriorConfig(
        heads,
        headWidth,
        number(json, "num_layers", 20),
        embedding,
        number(json, "num_embeddings", 77),
        number(json, "time_embed_dim", heads * headWidth));
  }

  /** In diffusers' words. */
  @JsonValue
  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("_class_name", KIND);
    json.put("num_attention_heads", heads);
    json.put("attention_head_dim", headWidth);
    json.put("num_layers", depth);
    json.put("embedding_dim", embedding);
    json.put("num_embeddings", tokens);
    json.put("additional_embeddings", MORE);
    json.put("time_embed_dim", timeWidth);
    return json;
  }

  /** Refuses what is not known; null is none. */
  private static void only(JsonNode json, String name, String known) {
    JsonNode said = json.path(name);
    if (said.isMissingNode()) {
      return;
    }
    if (!said.asString("").equals(known)) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "'%s' is %s, of which this version knows nothing%s"
              .formatted(name, said, known.isEmpty() ? "" : "; it knows " + known));
    }
  }

  private static int number(JsonNode json, String name, int otherwise) {
    JsonNode value = json.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return otherwise;
    }
    if (!value.canConvertToInt() || !value.isIntegralNumber()) {
      throw new UserError(
          Fault.INVALID, "%s must be a whole number, not %s".formatted(name, value));
    }
    return value.intValue();
  }
}
