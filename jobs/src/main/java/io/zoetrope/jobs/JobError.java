package io.zoetrope.jobs;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Why a job failed, for whoever ordered it: no stack, no path.
 *
 * @param code the same word in every version, as {@code does_not_fit}, {@code worker_lost}, {@code
 *     cancelled}, {@code internal}
 * @param message one line: cause and mend
 * @param param the setting that is at fault, as {@code wish.frames}; empty if no one is
 * @param mends what would do, best first
 */
public record JobError(String code, String message, Optional<String> param, List<Fix> mends) {
  /**
   * A change of the order that mends it.
   *
   * @param label as a button says it: {@code size 128x128}
   * @param set keys of the order, with dots, and their values: {@code wish.size} to {@code 128x128}
   */
  public record Fix(String label, Map<String, Object> set) {}

  public JobError {
    mends = List.copyOf(mends);
  }

  /** Without a mend. */
  public static JobError of(String code, String message) {
    return new JobError(code, message, Optional.empty(), List.of());
  }
}
