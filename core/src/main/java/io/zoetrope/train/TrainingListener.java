package io.zoetrope.train;

import java.nio.file.Path;

/** Who watches a training run, and may end it. Called on the training thread. */
public interface TrainingListener {
  /** Watches nothing, cancels nothing. */
  TrainingListener NONE = new TrainingListener() {};

  /** After each step. */
  default void step(StepReport report) {}

  /** After a checkpoint became complete. */
  default void checkpoint(Path folder) {}

  /** Something a person should read, that does not end the run. */
  default void warning(String line) {}

  /** Asked after each step; true saves a checkpoint and ends the run. */
  default boolean cancelled() {
    return false;
  }
}
