package io.zoetrope.checkpoint;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * How a file of trained weights came to be, as its safetensors header says it: keys that begin with
 * {@code zoetrope.}, which other programs leave alone.
 *
 * @param said by key, without the prefix
 */
public record Provenance(SequencedMap<String, String> said) {
  /** Of file names' folder: what it was trained on. */
  public static final String BASE = "base";

  /** The base's {@link WeightsPrint}. */
  public static final String PRINT = "base_print";

  /** The noise of the training, as {@code Scheduling.describe} words it. */
  public static final String SCHEDULE = "schedule";

  /** {@code clip} or {@code frame}, of motion modules: whose statistics their norms take. */
  public static final String NORMS = "norms";

  private static final String PREFIX = "zoetrope.";

  public Provenance {
    said = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(said));
  }

  /** What a header says; nothing if another program wrote it. */
  public static Provenance of(Map<String, String> header) {
    SequencedMap<String, String> said = new LinkedHashMap<>();
    header.forEach((key, value) -> {
      if (key.startsWith(PREFIX)) {
        said.put(key.substring(PREFIX.length()), value);
      }
    });
    return new Provenance(said);
  }

  /** Of a file. */
  public static Provenance read(Path file) {
    try (SafetensorsFile open = Safetensors.open(file)) {
      return of(open.metadata());
    }
  }

  /** The same and one thing more. */
  public Provenance with(String key, String value) {
    SequencedMap<String, String> more = new LinkedHashMap<>(said);
    more.put(key, value);
    return new Provenance(more);
  }

  public Optional<String> get(String key) {
    return Optional.ofNullable(said.get(key));
  }

  /** As a header has it. */
  public SequencedMap<String, String> header() {
    SequencedMap<String, String> header = new LinkedHashMap<>();
    said.forEach((key, value) -> header.put(PREFIX + key, value));
    return header;
  }

  /**
   * What a person should know who uses the file with a model that it was not trained on; a line
   * each.
   *
   * @param file its name
   * @param print of the model's image network
   * @param schedule of the model; empty where it does not matter
   */
  public List<String> differences(String file, String print, Optional<String> schedule) {
    List<String> lines = new ArrayList<>();
    get(PRINT)
        .filter(trained -> !trained.equals(print))
        .ifPresent(trained ->
            lines.add(
                "%s was trained on %s (%s); this model has other weights (%s)"
                    .formatted(file, get(BASE).orElse("another model"), trained, print)));
    get(SCHEDULE)
        .filter(trained -> schedule.isPresent() && !trained.equals(schedule.get()))
        .ifPresent(trained ->
            lines.add(
                "%s was trained on the noise schedule %s, this model runs %s: what it makes may look"
                        .formatted(file, trained, schedule.get())
                    + " washed out"));
    return lines;
  }
}
