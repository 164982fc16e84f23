package io.zoetrope.network.vae;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * Requires of a {@code config.json} what an autoencoder of ours can only be.
 *
 * @param kind what the config calls it
 */
public record OnlyKnown(String kind, JsonNode json) {
  /**
   * A value, or each value of a list, must be this one where it is given.
   *
   * @throws UserError if it is another
   */
  public void require(String key, String wanted) {
    JsonNode given = json.path(key);
    List<JsonNode> values = new ArrayList<>();
    if (given.isArray()) {
      given.forEach(values::add);
    } else if (!given.isMissingNode() && !given.isNull()) {
      values.add(given);
    }
    for (JsonNode value : values) {
      if (!value.asString("").equals(wanted)) {
        throw new UserError(
            Fault.UNSUPPORTED,
            "an %s with %s '%s' is not supported: only '%s' is"
                .formatted(kind, key, value.asString(""), wanted));
      }
    }
  }
}
