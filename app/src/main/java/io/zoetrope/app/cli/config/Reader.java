package io.zoetrope.app.cli.config;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Reads what stands in a file of preferences.
 *
 * @param file for errors
 */
record Reader(Path file) {
  void requireSections(JsonNode root, List<String> sections) {
    object("it", root)
        .propertyNames()
        .forEach(key -> {
          if (!sections.contains(key)) {
            throw wrong("unknown key '%s'".formatted(key), "use " + String.join(", ", sections));
          }
        });
  }

  /** A section, which may be missing or empty. */
  JsonNode object(String name, JsonNode node) {
    if (node.isMissingNode() || node.isNull()) {
      return JsonNodeFactory.instance.objectNode();
    }
    if (!node.isObject()) {
      throw wrong(name + " holds no keys", "write 'key: value' lines below it");
    }
    return node;
  }

  /** Keys with one value each. */
  Map<String, String> values(String name, JsonNode node) {
    Map<String, String> values = new LinkedHashMap<>();
    object(name, node)
        .properties()
        .forEach(entry -> {
          JsonNode value = entry.getValue();
          if (!value.isValueNode() || value.isNull()) {
            throw wrong("%s.%s is no single value".formatted(name, entry.getKey()), "write one");
          }
          values.put(entry.getKey(), value.asString());
        });
    return values;
  }

  UserError wrong(String reason, String mend) {
    return new UserError(Fault.INVALID, "'%s': %s".formatted(file, reason), mend);
  }
}
