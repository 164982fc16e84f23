package io.zoetrope.checkpoint.hub;

/** Who watches a pull, and may stop it. Called from several threads at once. */
public interface PullListener {
  /** Nobody. */
  PullListener NONE = new PullListener() {};

  /** What will be done, before the first byte comes. */
  default void planned(PullPlan plan) {}

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
