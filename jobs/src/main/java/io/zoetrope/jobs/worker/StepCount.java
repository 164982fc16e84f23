package io.zoetrope.jobs.worker;

import io.zoetrope.progress.Report;

/**
 * Counts steps over all walks of an attempt: the rows of a later clip, or of a later stage, come
 * after those of the one before. To be told of every row.
 */
final class StepCount {
  private int before;
  private int row;
  private int of;

  /** The step that a row is, from 1. */
  int step(Report.Row at) {
    if (at.number() <= row) {
      before += of;
    }
    row = at.number();
    of = at.of();
    return before + row;
  }

  /** Rows of this walk. */
  int rows() {
    return of;
  }

  /** That with which this walk ends. */
  int last() {
    return before + of;
  }
}
