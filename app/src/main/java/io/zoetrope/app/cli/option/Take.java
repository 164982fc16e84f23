package io.zoetrope.app.cli.option;

import java.util.Locale;

/**
 * One video of those that a command makes, for its name.
 *
 * @param title a few words for what it shows; any text
 * @param prompt which of the prompts, from 1
 * @param prompts how many there are
 * @param seed of it
 * @param seeds how many there are
 */
public record Take(String title, int prompt, int prompts, long seed, int seeds) {
  /** A single one. */
  public static Take single(String title, long seed) {
    return new Take(title, 1, 1, seed, 1);
  }

  /** Whether it is the only one. */
  public boolean alone() {
    return prompts == 1 && seeds == 1;
  }

  /** A name of our own, without its ending. */
  String name() {
    return OutNames.slug(title) + "-" + seed;
  }

  /** A number that sorts as prompts do. */
  String number() {
    return String.format(Locale.ROOT, "%0" + String.valueOf(prompts).length() + "d", prompt);
  }

  /** What tells it from the others, behind a name. */
  String suffix() {
    return (prompts > 1 ? "-" + number() : "") + (seeds > 1 ? "-" + seed : "");
  }
}
