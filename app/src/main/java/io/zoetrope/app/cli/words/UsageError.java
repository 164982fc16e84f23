package io.zoetrope.app.cli.words;

/**
 * A command line that parses but makes no sense: exit code 2. The message is one line that names
 * the cause and the mend.
 */
public final class UsageError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UsageError(String message) {
    super(message);
  }
}
