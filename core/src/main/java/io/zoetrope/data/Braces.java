package io.zoetrope.data;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Several names in one, as shells and webdataset write them: {@code clips-{000000..000007}.tar},
 * {@code {day,night}.tar}. A number has as many digits as the first one.
 */
final class Braces {
  private static final Pattern GROUP = Pattern.compile("\\{([^{}]*)\\}");
  private static final Pattern RANGE = Pattern.compile("(\\d{1,9})\\.\\.(\\d{1,9})");
  private static final int MOST = 1_000_000;

  private Braces() {}

  /**
   * The names, in order.
   *
   * @throws UserError if braces hold neither numbers nor words, or stand for too many names
   */
  static List<String> names(String pattern) {
    Matcher group = GROUP.matcher(pattern);
    if (!group.find()) {
      return List.of(pattern);
    }
    String head = pattern.substring(0, group.start());
    List<String> tails = names(pattern.substring(group.end()));
    List<String> all = new ArrayList<>();
    for (String word : words(pattern, group.group(1))) {
      for (String tail : tails) {
        all.add(head + word + tail);
        if (all.size() > MOST) {
          throw new UserError(
              Fault.TOO_LARGE, "'%s' stands for more than %s names".formatted(pattern, MOST));
        }
      }
    }
    return all;
  }

  private static List<String> words(String pattern, String inside) {
    Matcher range = RANGE.matcher(inside);
    if (!range.matches()) {
      if (!inside.contains(",")) {
        throw new UserError(
            Fault.INVALID,
            "'%s': braces hold {000000..000007} or {one,two}, not {%s}".formatted(pattern, inside));
      }
      return List.of(inside.split(",", -1));
    }
    int first = Integer.parseInt(range.group(1));
    int last = Integer.parseInt(range.group(2));
    if (last < first || last - first >= MOST) {
      throw new UserError(
          Fault.INVALID,
          "'%s': a range rises, by less than %s, unlike {%s}".formatted(pattern, MOST, inside));
    }
    List<String> words = new ArrayList<>();
    for (int i = first; i <= last; i++) {
      String digits = Integer.toString(i);
      words.add("0".repeat(Math.max(0, range.group(1).length() - digits.length())) + digits);
    }
    return words;
  }
}
