package io.zoetrope.network.text.t5;

import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Prompts as Wan's training saw captions: characters that pages of the web write as {@code &amp;}
 * or {@code &#39;} are themselves, white space is one blank. (Broken encodings are left as they
 * are: the public reference mends them where its library for that is installed.)
 */
final class PromptText {
  private static final Pattern WRITTEN =
      Pattern.compile("&(?:#(\\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(amp|lt|gt|quot|apos|nbsp));");

  private static final Pattern SPACE = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);

  private static final Map<String, String> NAMED =
      Map.of("amp", "&", "lt", "<", "gt", ">", "quot", "\"", "apos", "'", "nbsp", "\u00a0");

  private PromptText() {}

  static String cleaned(String prompt) {
    // Twice, for captions that were written so twice.
    return SPACE.matcher(unwritten(unwritten(prompt))).replaceAll(" ").strip();
  }

  private static String unwritten(String text) {
    return WRITTEN.matcher(text).replaceAll(found -> Matcher.quoteReplacement(is(found)));
  }

  private static String is(MatchResult found) {
    if (found.group(3) != null) {
      return NAMED.getOrDefault(found.group(3), "");
    }
    int code =
        found.group(1) != null
            ? Integer.parseInt(found.group(1))
            : Integer.parseInt(found.group(2), 16);
    return Character.isValidCodePoint(code) && code > 0 ? Character.toString(code) : found.group();
  }
}
