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

  /**
   * While data is made ready, before the first step, clips that are encoded ({@code ENCODE}); then
   * after each step ({@code TRAIN}), with no preview; {@link #step} says more.
   */
  @Override
  default void update(Report report) {}

  /** After each step. */
  default void step(StepReport report) {}

  /** After a checkpoint became complete. */
  default void checkpoint(Path folder) {}

  /** Something a person may want to know. */
  @Override
  default void note(String line) {}

  /** Something a person should read, that does not end the run. */
  default void warning(String line) {}

  /**
   * Asked after each step; true saves a checkpoint and ends the run, without an exception. While
   * data is made ready there is nothing to save, and an exception ends it.
   */
  @Override
  default boolean cancelled() {
    return false;
  }
}
