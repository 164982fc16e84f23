package io.zoetrope.app.cli.option;

import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.words.UsageError;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** The name of a file to read, as somebody typed it. */
public final class SourceFile {
  private static final Pattern ENDING =
      Pattern.compile(
          "\\.(mp4|mov|mkv|webm|avi|gif|m4v|png|jpe?g|webp|bmp|tiff?)$", Pattern.CASE_INSENSITIVE);

  private SourceFile() {}

  /**
   * Its place; {@code -} is what comes through a pipe.
   *
   * @param name of the parameter, for messages
   */
  public static Path of(Session session, String name, String typed) {
    if (typed.isBlank()) {
      throw new UsageError("%s is empty: name a file".formatted(name));
    }
    if (typed.equals(OutOption.PIPE)) {
      return session
          .console()
          .in()
          .file(name)
          .orElseThrow(() ->
              new UsageError("%s '-': the pipe was read already, so name a file".formatted(name)));
    }
    try {
      return session.resolve(Path.of(typed));
    } catch (InvalidPathException e) {
      throw new UsageError("%s '%s' is no file name: %s".formatted(name, typed, e.getReason()));
    }
  }

  /** Whether a word is the name of a file rather than something to say to a model. */
  public static boolean looksLikeOne(Session session, String word) {
    if (word.equals(OutOption.PIPE)) {
      return true;
    }
    if (word.isBlank() || word.indexOf('\0') >= 0) {
      return false;
    }
    boolean named = ENDING.matcher(word).find() || (word.contains("/") && !word.contains(" "));
    return named || Files.exists(session.resolve(Path.of(word)));
  }

  /** Whether the name of a file ends as those of videos and pictures do. */
  public static boolean named(Path path) {
    return ENDING.matcher(path.toString()).find();
  }
}
