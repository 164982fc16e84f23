package io.zoetrope.app.cli;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a command has to say on stdout.
 *
 * @param exitCode 0 if it did what was asked
 * @param text for people, without a final newline; may be empty
 * @param fields for programs: the one object that {@code --json} prints
 */
public record Result(int exitCode, String text, Map<String, @Nullable Object> fields) {
  /** Done. */
  public static Result of(String text, Map<String, @Nullable Object> fields) {
    return new Result(0, text, fields);
  }
}
