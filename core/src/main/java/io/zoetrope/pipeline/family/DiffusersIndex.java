package io.zoetrope.pipeline.family;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import tools.jackson.databind.JsonNode;

/**
 * What a {@code model_index.json} of diffusers says: which pipeline the directory is for, and of
 * which class each of its components is. Components that are null there are not in it.
 *
 * @param kind class of the pipeline
 * @param parts by name, which is also the folder
 */
record DiffusersIndex(String kind, SequencedMap<String, Part> parts) {
  /**
   * A component.
   *
   * @param library that its class is of
   * @param type its class
   */
  record Part(String library, String type) {}

  DiffusersIndex {
    parts = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(parts));
  }

  /** From the JSON. Values that are no pairs of library and class are settings, and passed over. */
  static DiffusersIndex of(JsonNode json) {
    SequencedMap<String, Part> parts = new LinkedHashMap<>();
    json.properties()
        .forEach(field -> {
          JsonNode pair = field.getValue();
          if (pair.isArray() && pair.size() == 2 && pair.path(1).isString()) {
            parts.put(
                field.getKey(), new Part(pair.path(0).asString(""), pair.path(1).asString("")));
          }
        });
    return new DiffusersIndex(json.path("_class_name").asString(""), parts);
  }

  /** Whether a component is there and of a class. */
  boolean isOf(String part, String type) {
    Part there = parts.get(part);
    return there != null && there.type.equals(type);
  }
}
