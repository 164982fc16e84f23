package io.zoetrope.pipeline.task;

import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;

/** Progress over several sampling runs, one after another, as if they were one. */
public final class Stages {
  private final Progress progress;
  private final long total;
  private long begun;

  /**
   * @param total steps of all runs together
   */
  public Stages(Progress progress, long total) {
    this.progress = progress;
    this.total = total;
  }

  /** For the next run, of so many steps; it may count them in its own way. */
  public Progress next(long steps) {
    long before = begun;
    begun += steps;
    return progress.part(Phase.SAMPLE, before, steps, total);
  }
}
