package io.zoetrope.jobs.worker;

/**
 * A stranger's file cannot be used: one line of our own words, without a path. Servers answer 400.
 */
public final class MediaException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String code;

  /**
   * One.
   *
   * @param code {@code invalid_media}; {@code too_large} for more pixels, frames or bytes than are
   *     taken
   */
  public MediaException(String code, String message) {
    super(message);
    this.code = code;
  }

  /** The same word in every version. */
  public String code() {
    return code;
  }
}
