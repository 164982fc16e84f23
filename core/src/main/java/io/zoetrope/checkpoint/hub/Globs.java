package io.zoetrope.checkpoint.hub;

import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Patterns of file names as the hub's own tools read them: {@code *} and {@code ?} match slashes
 * too, {@code [abc]} and {@code [!abc]} one letter, and a pattern that ends in a slash means all
 * below.
 */
record Globs(List<Pattern> patterns) {
  static Globs of(List<String> globs) {
    return new Globs(globs.stream().map(Globs::compile).toList());
  }

  boolean match(String path) {
    return patterns.stream().anyMatch(p -> p.matcher(path).matches());
  }

  private static Pattern compile(String glob) {
    String whole = glob.endsWith("/") ? glob + "*" : glob;
    StringBuilder regex = new StringBuilder("(?s)");
    int at = 0;
    while (at < whole.length()) {
      char c = whole.charAt(at++);
      int close = c == '[' ? whole.indexOf(']', at + 1) : -1;
      if (c == '*') {
        regex.append(".*");
      } else if (c == '?') {
        regex.append('.');
      } else if (close > 0) {
        String letters = whole.substring(at, close);
        boolean not = letters.startsWith("!");
        regex
            .append(not ? "[^" : "[")
            .append((not ? letters.substring(1) : letters).replaceAll("([\\\\\\[\\]^&])", "\\\\$1"))
            .append(']');
        at = close + 1;
      } else {
        regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    try {
      return Pattern.compile(regex.toString());
    } catch (PatternSyntaxException e) {
      return Pattern.compile(Pattern.quote(whole));
    }
  }
}
