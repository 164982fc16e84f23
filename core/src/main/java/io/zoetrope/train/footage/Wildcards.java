package io.zoetrope.train.footage;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Choices within texts, {@code a {red|blue} moon} (the notation of kohya's sd-scripts): one of them
 * is told. Braces without a bar are braces; a choice has none within it.
 */
final class Wildcards {
  private static final Pattern CHOICE = Pattern.compile("\\{([^{}|]*(?:\\|[^{}|]*)+)}");

  private Wildcards() {}

  /** Whether there is any in a text. */
  static boolean in(String text) {
    return CHOICE.matcher(text).find();
  }

  /**
   * A text with its choices made.
   *
   * @param choose of so many, one: from 0
   */
  static String chosen(String text, IntUnaryOperator choose) {
    return CHOICE
        .matcher(text)
        .replaceAll(found -> {
          List<String> all = choices(found.group(1));
          return Matcher.quoteReplacement(all.get(choose.applyAsInt(all.size())).strip());
        });
  }

  /** The most that there is to choose from at one place; 1 where there is nothing. */
  static int most(String text) {
    return CHOICE
        .matcher(text)
        .results()
        .mapToInt(found -> choices(found.group(1)).size())
        .max()
        .orElse(1);
  }

  private static List<String> choices(String inside) {
    return Arrays.asList(inside.split("\\|", -1));
  }
}
