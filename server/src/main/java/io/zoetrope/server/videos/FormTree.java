package io.zoetrope.server.videos;

import io.zoetrope.record.Json;
import io.zoetrope.server.http.HttpError;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The fields of a form as the object that they spell: {@code zoetrope[task]} is a field of an
 * object, {@code at[]} one more item of a list.
 */
final class FormTree {
  private static final Pattern NAME =
      Pattern.compile("([^\\[\\]]{1,64})((?:\\[[^\\[\\]]{0,64}]){0,8})");
  private static final Pattern KEY = Pattern.compile("\\[([^\\[\\]]*)]");

  private final ObjectNode root = Json.MAPPER.createObjectNode();

  /** What stands before the brackets. */
  static String first(String name) {
    int bracket = name.indexOf('[');
    return bracket < 0 ? name : name.substring(0, bracket);
  }

  /**
   * Adds a field.
   *
   * @throws HttpError if its name makes no sense, or it is there
   */
  void put(String name, String text) {
    Matcher whole = NAME.matcher(name);
    if (!whole.matches()) {
      throw HttpError.badBody("a field of the form has a name that makes no sense");
    }
    List<String> keys = new ArrayList<>(List.of(whole.group(1)));
    KEY.matcher(whole.group(2)).results().forEach(key -> keys.add(key.group(1)));
    put(root, keys, name, text);
  }

  private static void put(JsonNode at, List<String> keys, String name, String text) {
    String key = keys.getFirst();
    boolean last = keys.size() == 1;
    boolean list = !last && keys.get(1).isEmpty();
    switch (at) {
      case ObjectNode object -> {
        JsonNode there = object.get(key);
        if (last) {
          if (there != null) {
            throw twice(name);
          }
          object.put(key, text);
        } else {
          JsonNode below =
              there != null ? there : list ? object.putArray(key) : object.putObject(key);
          put(below, keys.subList(1, keys.size()), name, text);
        }
      }
      case ArrayNode array when key.isEmpty() && last -> array.add(text);
      default -> throw twice(name);
    }
  }

  private static HttpError twice(String name) {
    return HttpError.invalid(
        name, "'%s' is there twice, or once with keys below it".formatted(name));
  }

  ObjectNode root() {
    return root;
  }
}
