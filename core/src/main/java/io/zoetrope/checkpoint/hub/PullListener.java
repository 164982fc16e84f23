package io.zoetrope.checkpoint.hub;

import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;

/**
 * Who watches a pull, and may stop it: what came so far is kept. Called from the threads that
 * download; one call at a time, but for {@link #cancelled} and {@link #note}.
 */
public interface PullListener extends Progress {
  /** Nobody. */
  PullListener NONE = new PullListener() {};

  /** Whether {@link #kind} is to be told: it costs a request. */
  default boolean asksKind() {
    return false;
  }

  /**
   * Which class of a pipeline the model's index names, before anything is downloaded. What this
   * throws ends the pull.
   */
  default void kind(ModelId id, String kind) {}

  /** What will be done, before the first byte comes. */
  default void planned(PullPlan plan) {}

  /** Bytes came: so many are there, of all that are wanted. Fewer if some were of no use. */
  @Override
  default void update(Report report) {}

  /** Something worth a line, for instance that the server asks to wait. */
  default void note(String line) {}
}
