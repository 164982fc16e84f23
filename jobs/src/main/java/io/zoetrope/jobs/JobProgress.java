package io.zoetrope.jobs;

import java.util.Optional;

/**
 * How far a job is.
 *
 * @param phase what is being done: {@code loading}, {@code reading}, {@code encoding}, {@code
 *     sampling}, {@code decoding}, {@code writing}; empty while it waits and when it is over
 * @param percent of all work, 0 to 100; 100 only when it is completed
 * @param step the row of the plan that was reached, from 0
 * @param frameOffset number of the first frame that is worked on
 * @param etaSeconds how long it will go on; empty if that is not known yet
 * @param preview the last step of which there is a {@link StepPicture}; 0 if there is none
 */
public record JobProgress(
    Optional<String> phase,
    int percent,
    int step,
    long frameOffset,
    Optional<Double> etaSeconds,
    int preview) {
  /** Nothing was done. */
  public static final JobProgress NONE =
      new JobProgress(Optional.empty(), 0, 0, 0, Optional.empty(), 0);
}
