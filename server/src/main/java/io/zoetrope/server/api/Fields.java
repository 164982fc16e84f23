package io.zoetrope.server.api;

import io.zoetrope.server.http.HttpError;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** An object of JSON, key by key; keys that nobody asked for are an error. */
final class Fields {
  private final JsonNode object;
  private final Set<String> read = new LinkedHashSet<>();

  private Fields(JsonNode object) {
    this.object = object;
  }

  /**
   * One.
   *
   * @throws HttpError if it is none
   */
  static Fields of(JsonNode node, String what) {
    if (!node.isObject()) {
      throw HttpError.badBody("%s is an object of JSON".formatted(what));
    }
    return new Fields(node);
  }

  /** What must be there. */
  JsonNode node(String name) {
    return optionalNode(name)
        .orElseThrow(() -> HttpError.invalid(name, "'%s' is missing".formatted(name)));
  }

  /** What may be there. */
  Optional<JsonNode> optionalNode(String name) {
    read.add(name);
    JsonNode node = object.get(name);
    return node == null || node.isNull() ? Optional.empty() : Optional.of(node);
  }

  Optional<String> text(String name, int longest) {
    return optionalNode(name)
        .map(node -> {
          if (!node.isString() || node.asString().length() > longest) {
            throw HttpError.invalid(
                name, "'%s' is a text of at most %s letters".formatted(name, longest));
          }
          return node.asString();
        });
  }

  Optional<Integer> whole(String name, int least, int most) {
    return optionalNode(name)
        .map(node -> {
          if (!node.isIntegralNumber() || node.asLong() < least || node.asLong() > most) {
            throw HttpError.invalid(
                name, "'%s' is a whole number from %s to %s".formatted(name, least, most));
          }
          return node.asInt();
        });
  }

  Optional<Double> real(String name, double least, double most) {
    return optionalNode(name)
        .map(node -> {
          if (!node.isNumber() || !(node.asDouble() >= least && node.asDouble() <= most)) {
            throw HttpError.invalid(
                name, "'%s' is a number from %s to %s".formatted(name, least, most));
          }
          return node.asDouble();
        });
  }

  Optional<Boolean> flag(String name) {
    return optionalNode(name)
        .map(node -> {
          if (!node.isBoolean()) {
            throw HttpError.invalid(name, "'%s' is true or false".formatted(name));
          }
          return node.asBoolean();
        });
  }

  /** Numbers in a list, each within bounds. */
  Optional<List<Double>> reals(String name, double least, double most, int longest) {
    return optionalNode(name)
        .map(node -> {
          Stream<JsonNode> items = node.isArray() ? node.valueStream() : Stream.of(node);
          List<Double> values =
              items
                  .map(item -> {
                    if (!item.isNumber()
                        || !(item.asDouble() >= least && item.asDouble() <= most)) {
                      throw HttpError.invalid(
                          name,
                          "'%s' is a list of numbers from %s to %s".formatted(name, least, most));
                    }
                    return item.asDouble();
                  })
                  .toList();
          if (!node.isArray() || values.size() > longest) {
            throw HttpError.invalid(
                name, "'%s' is a list of at most %s numbers".formatted(name, longest));
          }
          return values;
        });
  }

  /**
   * What is left over was meant for something.
   *
   * @throws HttpError naming the first key that nobody knows
   */
  void requireAllRead() {
    for (String name : object.propertyNames()) {
      if (!read.contains(name)) {
        throw HttpError.badRequest(
            "unknown_parameter",
            name,
            "'%s' is not a key here: there are %s".formatted(name, String.join(", ", read)));
      }
    }
  }
}
