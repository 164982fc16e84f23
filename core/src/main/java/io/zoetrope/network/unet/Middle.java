package io.zoetrope.network.unet;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import tools.jackson.databind.JsonNode;

/**
 * What stands at the bottom of a {@link UNet}. In JSON the number of heads, or {@code plain} or
 * {@code none}.
 *
 * @param kind of it
 * @param heads of its attention; 0 where there is none
 */
public record Middle(Kind kind, int heads) {
  /** Kinds. */
  public enum Kind {
    /** Two residual blocks, attention between them. */
    ATTENDS,

    /** One residual block. */
    PLAIN,

    /** Nothing: the way up begins where the way down ends (Kim et al., "BK-SDM", 2023). */
    NONE
  }

  public static final Middle PLAIN = new Middle(Kind.PLAIN, 0);
  public static final Middle NONE = new Middle(Kind.NONE, 0);

  public Middle {
    if (kind == Kind.ATTENDS ? heads < 1 : heads != 0) {
      throw new UserError(Fault.INVALID, "a U-Net's mid_heads must be at least 1, is " + heads);
    }
  }

  /** Attention of so many heads. */
  public static Middle attends(int heads) {
    return new Middle(Kind.ATTENDS, heads);
  }

  /** From JSON. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static Middle of(JsonNode json) {
    return switch (json.asString("")) {
      case "plain" -> PLAIN;
      case "none" -> NONE;
      default -> attends(json.asInt(0));
    };
  }

  /** As JSON has it. */
  @JsonValue
  Object json() {
    return switch (kind) {
      case ATTENDS -> heads;
      case PLAIN -> "plain";
      case NONE -> "none";
    };
  }
}
