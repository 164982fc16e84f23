package io.zoetrope.jobs;

import java.util.Optional;
import java.util.Set;

/**
 * Which jobs.
 *
 * @param states empty for all
 * @param board on which board
 * @param batch of which batch
 * @param starred only those that have a star
 * @param words that prompts and notes hold, in any case; empty for all
 * @param owner of which token
 * @param after only what comes after this one in the order asked for
 * @param ascending oldest first
 * @param limit at most so many, 1 to 1000
 */
public record JobFilter(
    Set<JobState> states,
    Optional<String> board,
    Optional<String> batch,
    boolean starred,
    Optional<String> words,
    Optional<String> owner,
    Optional<JobId> after,
    boolean ascending,
    int limit) {
  /** The newest. */
  public static JobFilter newest(int limit) {
    return new JobFilter(
        Set.of(),
        Optional.empty(),
        Optional.empty(),
        false,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        false,
        limit);
  }
}
