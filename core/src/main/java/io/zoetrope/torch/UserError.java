package io.zoetrope.torch;

/**
 * A failure that the person at the keyboard caused and can mend. The message is one line that names
 * the cause and the mend; the command line prints it as it is and shows a stack trace only with
 * {@code --debug}.
 */
public final class UserError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UserError(String message) {
    super(message);
  }

  public UserError(String message, Throwable cause) {
    super(message, cause);
  }
}
