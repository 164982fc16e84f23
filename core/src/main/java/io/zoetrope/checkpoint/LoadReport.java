package io.zoetrope.checkpoint;

import io.zoetrope.checkpoint.safetensors.SafetensorsHeader;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * What became of every key when weights were put into a network.
 *
 * @param what the component, e.g. {@code unet}
 * @param source the file, as errors name it
 * @param used weights that the network took, under the file's names
 * @param missing weights that the network needs and the file lacks, under the network's names
 * @param unexpected keys of the file that the network does not know
 * @param ignored keys of the file that are known to be harmless: buffers that can be computed, and
 *     what training left behind
 */
public record LoadReport(
    String what,
    String source,
    List<String> used,
    List<String> missing,
    List<String> unexpected,
    List<String> ignored) {
  private static final int SHOWN = 3;

  public LoadReport {
    used = List.copyOf(used);
    missing = List.copyOf(missing);
    unexpected = List.copyOf(unexpected);
    ignored = List.copyOf(ignored);
  }

  /** Whether each weight of the network was there, and nothing else. */
  public boolean whole() {
    return missing.isEmpty() && unexpected.isEmpty();
  }

  /**
   * @throws UserError in one line if anything is missing or unexpected: how many, and the first
   *     names
   */
  public LoadReport requireWhole() {
    return requireWhole(name -> false);
  }

  /**
   * As {@link #requireWhole()}.
   *
   * @param anew names of weights that may be missing, and then begin anew
   */
  public LoadReport requireWhole(Predicate<String> anew) {
    if (unexpected.isEmpty() && missing.stream().allMatch(anew)) {
      return this;
    }
    List<String> faults = new ArrayList<>();
    if (!missing.isEmpty()) {
      faults.add(
          "it lacks %s of %s weights (%s)"
              .formatted(missing.size(), missing.size() + used.size(), some(missing)));
    }
    if (!unexpected.isEmpty()) {
      faults.add(
          "it has %s weights that the model does not know (%s)"
              .formatted(unexpected.size(), some(unexpected)));
    }
    throw new UserError(
        Fault.MISMATCH,
        "%s does not fit its config as %s: %s: it belongs to another model"
            .formatted(source, what, String.join(", ", faults)));
  }

  /** How many keys of each fate. */
  public String counts() {
    return "%s weights used, %s missing, %s unexpected, %s ignored"
        .formatted(used.size(), missing.size(), unexpected.size(), ignored.size());
  }

  @Override
  public String toString() {
    return what + ": " + counts();
  }

  /** The first names of a list, and how many more there are. */
  private static String some(List<String> names) {
    String first =
        String.join(
            ", ",
            names.stream()
                .limit(SHOWN)
                .map(name -> "'" + SafetensorsHeader.clean(name) + "'")
                .toList());
    return names.size() > SHOWN ? first + " and more" : first;
  }
}
