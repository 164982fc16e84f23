package io.zoetrope.checkpoint.hub;

/** What a connection tells of itself, from several threads at once. */
interface Traffic {
  /** Told to nobody. */
  Traffic NONE = new Traffic() {};

  /**
   * Bytes came.
   *
   * @param bytes since the last call; negative if some turned out to be of no use
   */
  default void moved(long bytes) {}

  /** Something worth a line, for instance that the server asks to wait. */
  default void note(String line) {}

  /** Whether to stop soon. What came so far is kept. */
  default boolean cancelled() {
    return false;
  }
}
