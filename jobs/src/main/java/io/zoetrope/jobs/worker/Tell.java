package io.zoetrope.jobs.worker;

import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobError;
import io.zoetrope.jobs.JobProgress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a worker tells, a line of JSON each. Of each attempt it tells one {@link End}, last. */
sealed interface Tell {
  /**
   * It is there.
   *
   * @param device on which it computes
   */
  record Ready(String device) implements Tell {}

  /** What is made. */
  record Shaped(Job.Shape shape) implements Tell {}

  /** How far it is. */
  record At(JobProgress progress) implements Tell {}

  /** A row was reached; see {@link io.zoetrope.jobs.Runner.Watch#step}. */
  record Step(int row, int rows, List<Double> levels, long offset, int picture) implements Tell {}

  /** So many frames are finished. */
  record Frames(long finished) implements Tell {}

  /** Something worth a line. */
  record Note(String line) implements Tell {}

  /** How an attempt ended. */
  record Over(End end) implements Tell {}

  /** How an attempt ended. */
  sealed interface End {
    /**
     * It is made, or as far as was asked for.
     *
     * @param draft whether it can go on
     */
    record Made(Job.Result result, Job.Shape shape, List<String> notes, boolean draft)
        implements End {}

    /** It cannot be made; see {@link io.zoetrope.jobs.JobError}. */
    record Failed(String code, String message, Optional<String> param, List<Fix> mends)
        implements End {
      /** As jobs have it. */
      JobError error() {
        return new JobError(code, message, param, mends.stream().map(Fix::fix).toList());
      }
    }

    /** It was stopped, and what there is was kept if it can be gone on with. */
    record Stopped() implements End {}

    /** It was cancelled. */
    record Cancelled() implements End {}
  }

  /**
   * A change that mends an error.
   *
   * @param key of the order, with dots
   * @param value as text
   */
  record Fix(String label, String key, String value) {
    private JobError.Fix fix() {
      return new JobError.Fix(label, Map.of(key, typed()));
    }

    /** Numbers as numbers. */
    private Object typed() {
      if (value.matches("-?\\d{1,18}")) {
        return Long.valueOf(value);
      }
      return value.matches("-?\\d{1,18}\\.\\d+") ? (Object) Double.valueOf(value) : value;
    }
  }
}
