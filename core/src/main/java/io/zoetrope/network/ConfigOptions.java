package io.zoetrope.network;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * Options of a component as diffusers writes them: many of them, the older the file the fewer, each
 * with a value that is meant where it is absent or null.
 */
public record ConfigOptions(JsonNode json) {
  private JsonNode get(String name) {
    return json.path(name);
  }

  public boolean says(String name) {
    return !get(name).isMissingNode() && !get(name).isNull();
  }

  public int integer(String name, int otherwise) {
    if (!says(name)) {
      return otherwise;
    }
    if (!isWhole(get(name))) {
      throw not(name, "a whole number");
    }
    return get(name).intValue();
  }

  private static boolean isWhole(JsonNode node) {
    return node.isIntegralNumber() && node.canConvertToInt();
  }

  public double number(String name, double otherwise) {
    if (!says(name)) {
      return otherwise;
    }
    if (!get(name).isNumber()) {
      throw not(name, "a number");
    }
    return get(name).doubleValue();
  }

  public boolean flag(String name, boolean otherwise) {
    if (!says(name)) {
      return otherwise;
    }
    if (!get(name).isBoolean()) {
      throw not(name, "true or false");
    }
    return get(name).booleanValue();
  }

  public String word(String name, String otherwise) {
    return says(name) ? get(name).asString("") : otherwise;
  }

  /** So many numbers; a single one stands for all. */
  public List<Integer> each(String name, int count, int otherwise) {
    if (!get(name).isArray()) {
      return Collections.nCopies(count, integer(name, otherwise));
    }
    List<Integer> all = integers(name);
    if (all.size() != count) {
      throw not(name, count + " whole numbers");
    }
    return all;
  }

  /** So many lists of numbers; a number stands for a list of its own, and a single one for all. */
  public List<List<Integer>> lists(String name, int count, int otherwise) {
    if (!get(name).isArray()) {
      return Collections.nCopies(count, List.of(integer(name, otherwise)));
    }
    List<List<Integer>> all = new ArrayList<>();
    for (JsonNode item : get(name)) {
      List<Integer> one = new ArrayList<>();
      for (JsonNode number : item.isArray() ? item : List.of(item)) {
        if (!isWhole(number)) {
          throw not(name, "whole numbers, or lists of them");
        }
        one.add(number.intValue());
      }
      all.add(List.copyOf(one));
    }
    if (all.size() != count) {
      throw not(name, count + " whole numbers, or lists of them");
    }
    return all;
  }

  /** Some numbers. */
  public List<Integer> integers(String name, Integer... otherwise) {
    if (!says(name)) {
      return List.of(otherwise);
    }
    List<Integer> all = new ArrayList<>();
    for (JsonNode item : get(name)) {
      if (!isWhole(item)) {
        throw not(name, "whole numbers");
      }
      all.add(item.intValue());
    }
    return all;
  }

  /** A number that is the same at every resolution. */
  public int same(String name, int count, int otherwise) {
    List<Integer> all = each(name, count, otherwise);
    if (all.stream().distinct().count() != 1) {
      throw not(name, "the same at every resolution");
    }
    return all.getFirst();
  }

  public List<String> words(String name, String... otherwise) {
    if (!says(name)) {
      return List.of(otherwise);
    }
    List<String> all = new ArrayList<>();
    get(name).forEach(item -> all.add(item.asString("")));
    return all;
  }

  /**
   * Refuses what is not supported.
   *
   * @param supported as JSON writes it; null and absence are, too
   */
  public void only(String name, String... supported) {
    if (says(name) && !Arrays.asList(supported).contains(get(name).asString(""))) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "'%s' is %s, of which this version knows nothing%s"
              .formatted(
                  name,
                  get(name),
                  supported.length == 0 ? "" : "; it knows " + String.join(", ", supported)));
    }
  }

  /** As {@link #only}, for an option that may be a list of values that are all alike. */
  public void onlyAll(String name, String supported) {
    for (JsonNode item : get(name).isArray() ? get(name) : List.<JsonNode>of()) {
      if (!item.asString("").equals(supported)) {
        throw not(name, supported);
      }
    }
    if (!get(name).isArray()) {
      only(name, supported);
    }
  }

  private UserError not(String name, String what) {
    return new UserError(Fault.INVALID, "'%s' must be %s, is %s".formatted(name, what, get(name)));
  }
}
