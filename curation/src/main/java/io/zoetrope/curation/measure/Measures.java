package io.zoetrope.curation.measure;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The table of measures: those that need nothing, and those of folders with networks. */
public final class Measures {
  /** Where the hash stands that copies are found by. */
  public static final String LOOK = "look";

  private final Map<String, Measure> all = new LinkedHashMap<>();

  private Measures(List<Measure> measures) {
    for (Measure measure : measures) {
      if (all.putIfAbsent(measure.name(), measure) != null) {
        throw new UserError(
            Fault.INVALID,
            "two measures are called '%s'".formatted(measure.name()),
            "give the network's measure another name in its measure.json");
      }
    }
  }

  /**
   * The bundled ones, cheap ones first, and networks.
   *
   * @param folders each with a {@code measure.json} (see {@link ModelMeasure}), or a CLIP as
   *     transformers has it, or a head for that
   * @throws UserError if one is none of these, or something is missing or wrong in it
   */
  public static Measures of(List<Path> folders) {
    List<Measure> measures =
        new ArrayList<>(
            List.of(
                new Black(), new Still(), new Look(), new Strokes(), new Motion(), new ToyFit()));
    measures.addAll(MeasureFolders.of(folders));
    return new Measures(measures);
  }

  /** In the order in which they are taken. */
  public List<Measure> all() {
    return List.copyOf(all.values());
  }

  /**
   * By name.
   *
   * @throws UserError if there is none
   */
  public Measure of(String name) {
    Measure measure = all.get(name);
    if (measure == null) {
      throw new UserError(
          Fault.INVALID,
          "there is no measure '%s': use %s".formatted(name, String.join(", ", all.keySet())));
    }
    return measure;
  }
}
