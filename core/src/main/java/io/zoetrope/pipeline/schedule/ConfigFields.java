package io.zoetrope.pipeline.schedule;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The fields of a config of another program, by type. A field that is missing or null has its
 * default.
 */
record ConfigFields(JsonNode config) {
  private Optional<JsonNode> field(String name) {
    return Optional.ofNullable(config.get(name)).filter(node -> !node.isNull());
  }

  /** Those that a class has: of the others it takes no notice. */
  ConfigFields of(SchedulerClass kind) {
    ObjectNode own = config.deepCopy().asObject();
    own.retain(config.propertyNames().stream().filter(kind::has).toList());
    return new ConfigFields(own);
  }

  boolean has(String name) {
    return field(name).isPresent();
  }

  String text(String name, String otherwise) {
    return field(name)
        .map(node -> require(node.isString(), node, name, "a word").asString(""))
        .orElse(otherwise);
  }

  boolean flag(String name, boolean otherwise) {
    return field(name)
        .map(node -> require(node.isBoolean(), node, name, "true or false").asBoolean(false))
        .orElse(otherwise);
  }

  int whole(String name, int otherwise) {
    return field(name)
        .map(node ->
            require(node.isIntegralNumber() && node.canConvertToInt(), node, name, "a whole number")
                .asInt(0))
        .orElse(otherwise);
  }

  double number(String name, double otherwise) {
    return optional(name).orElse(otherwise);
  }

  Optional<Double> optional(String name) {
    return field(name).map(node -> require(node.isNumber(), node, name, "a number").asDouble(0));
  }

  /** A list of numbers; empty if there is none. */
  Optional<float[]> numbers(String name) {
    return field(name)
        .map(node -> {
          require(node.isArray(), node, name, "a list of numbers");
          float[] values = new float[node.size()];
          for (int i = 0; i < values.length; i++) {
            JsonNode value = node.get(i);
            values[i] = (float) require(value.isNumber(), value, name, "numbers").asDouble(0);
          }
          return values;
        });
  }

  private static JsonNode require(boolean right, JsonNode node, String name, String what) {
    if (!right) {
      throw new UserError(Fault.INVALID, "%s must be %s, not %s".formatted(name, what, node));
    }
    return node;
  }
}
