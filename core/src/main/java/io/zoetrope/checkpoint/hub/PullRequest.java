package io.zoetrope.checkpoint.hub;

import java.util.List;
import java.util.Optional;

/**
 * What to download.
 *
 * @param include patterns of the files to take; if there are none, the files that zoetrope loads
 * @param exclude patterns of files to leave out in any case
 * @param variant of weights to prefer, for instance {@code fp16}; else the one without a name
 * @param parallel how many files at once
 */
public record PullRequest(
    ModelId id,
    List<String> include,
    List<String> exclude,
    Optional<String> variant,
    int parallel) {
  /** How many files at once, if nobody says. */
  public static final int PARALLEL = 4;

  public PullRequest {
    include = List.copyOf(include);
    exclude = List.copyOf(exclude);
    if (parallel < 1) {
      throw new IllegalArgumentException("parallel " + parallel);
    }
  }

  /** The files that zoetrope loads. */
  public static PullRequest of(ModelId id) {
    return new PullRequest(id, List.of(), List.of(), Optional.empty(), PARALLEL);
  }
}
