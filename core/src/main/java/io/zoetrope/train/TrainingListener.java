package io.zoetrope.train;

import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import java.nio.file.Path;

/** Who watches a training run, and may end it. Called on the training thread. */
public interface TrainingListener extends Progress {
  /** Watches nothing, cancels nothing. */
  TrainingListener NONE = new TrainingListener() {};

  /** A listener that passes progress on, and is cancelled where that is. */
  static TrainingListener of(Progress progress) {
    return new TrainingListener() {
      @Override
      public void update(Report report) {
        progress.update(report);
      }

      @Override
      public boolean cancelled() {
        return progress.cancelled();
      }
    };
  }

  /** After each step, with no preview; {@link #step} says more. */
  @Override
  default void update(Report report) {}

  /** While data is made ready, before the first step: so many clips of so many are done. */
  default void preparing(long done, long total) {}

  /** After each step. */
  default void step(StepReport report) {}

  /** After a checkpoint became complete. */
  default void checkpoint(Path folder) {}

  /** Something a person should read, that does not end the run. */
  default void warning(String line) {}

  /** Asked after each step; true saves a checkpoint and ends the run, without an exception. */
  @Override
  default boolean cancelled() {
    return false;
  }
}
