package io.zoetrope.bench;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Options of an experiment: words that begin with a dash, each followed by its value. */
final class Arguments {
  private final Map<String, String> values = new LinkedHashMap<>();

  /**
   * Reads options.
   *
   * @param known the names that may be used
   * @throws IllegalArgumentException at a word that is no known option, or has no value
   */
  Arguments(List<String> words, List<String> known) {
    for (int i = 0; i < words.size(); i += 2) {
      String name = words.get(i);
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "unknown option '%s': there are %s".formatted(name, String.join(", ", known)));
      }
      if (i + 1 == words.size()) {
        throw new IllegalArgumentException(name + " needs a value");
      }
      values.put(name, words.get(i + 1));
    }
  }

  Optional<String> word(String name) {
    return Optional.ofNullable(values.get(name));
  }

  Optional<Path> path(String name) {
    return word(name).map(Path::of);
  }

  /** A path that must be given. */
  Path required(String name) {
    return path(name).orElseThrow(() -> new IllegalArgumentException("give " + name));
  }

  /** Words between commas. */
  List<String> list(String name, String otherwise) {
    return List.of(word(name).orElse(otherwise).split(",", -1));
  }

  /** A whole number of at least {@code least}. */
  int whole(String name, int least, int otherwise) {
    try {
      int value = word(name).map(Integer::parseInt).orElse(otherwise);
      if (value >= least) {
        return value;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new IllegalArgumentException(
        "%s must be a whole number of at least %s, not '%s'"
            .formatted(name, least, values.get(name)));
  }

  /** A number of at least 0. */
  double number(String name, double otherwise) {
    return word(name).map(text -> number(name, text)).orElse(otherwise);
  }

  /** A number of at least 0, out of a text that is named. */
  static double number(String name, String text) {
    try {
      double value = Double.parseDouble(text);
      if (value >= 0 && Double.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new IllegalArgumentException(
        "%s must be a number of at least 0, not '%s'".formatted(name, text));
  }
}
