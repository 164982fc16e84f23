package io.zoetrope.app.make;

import io.zoetrope.app.cli.UsageError;

/** What may be said to a model. */
final class Prompts {
  private static final int LONGEST = 2000;

  private Prompts() {}

  /** A prompt that may be empty, stripped. */
  static String check(String name, String text) {
    if (text.length() > LONGEST) {
      throw new UsageError(
          "%s is %d characters long: say it in %d".formatted(name, text.length(), LONGEST));
    }
    return text.strip();
  }

  /**
   * A prompt that must say something.
   *
   * @param example a whole command line
   */
  static String require(String name, String text, String example) {
    String prompt = check(name, text);
    if (prompt.isEmpty()) {
      throw new UsageError("the prompt is empty: say what to show, as in " + example);
    }
    return prompt;
  }
}
