package io.zoetrope.nn;

import java.util.regex.Pattern;

/** Patterns over names of parameters: {@code *} stands for any part, also for none. */
public final class NamePattern {
  private NamePattern() {}

  public static boolean matches(String glob, String name) {
    StringBuilder regex = new StringBuilder();
    for (String part : glob.split("\\*", -1)) {
      regex.append(regex.isEmpty() ? "" : ".*").append(Pattern.quote(part));
    }
    return name.matches(regex.toString());
  }
}
