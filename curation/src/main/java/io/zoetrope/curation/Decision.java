package io.zoetrope.curation;

import io.zoetrope.curation.choose.Bound;
import io.zoetrope.curation.choose.Choice;
import io.zoetrope.curation.measure.Measure;
import io.zoetrope.curation.measure.Measures;
import io.zoetrope.curation.table.ClipRow;
import io.zoetrope.curation.table.ScoreRow;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is to be measured, and which clips stay by it: the same on one machine and on many. */
public final class Decision {
  /** Measures that are taken in any case. */
  private static final List<String> USUAL =
      List.of("black", "still", Measures.LOOK, "text", "motion");

  /** Clips on which quantiles are taken, at most. */
  private static final int SAMPLE = 10_000;

  private final Measures measures;
  private final Curation.Settings settings;

  /**
   * By settings.
   *
   * @throws io.zoetrope.error.UserError if a bound is on something that is not measured
   */
  public Decision(Measures measures, Curation.Settings settings) {
    this.measures = measures;
    this.settings = settings;
    settings.bounds().forEach(bound -> Columns.require(bound.measure(), measures));
  }

  /** Measures that every clip has. */
  public List<String> cheap() {
    Set<String> names = new LinkedHashSet<>(USUAL);
    for (Measure measure : measures.all()) {
      boolean asked = settings.bounds().stream().anyMatch(b -> b.measure().equals(measure.name()));
      if (asked && !measure.costly()) {
        names.add(measure.name());
      }
    }
    return List.copyOf(names);
  }

  /** Measures by networks, for clips that all else would keep. */
  public List<String> costly() {
    return measures.all().stream().filter(Measure::costly).map(Measure::name).toList();
  }

  /** Which clips networks have to look at. */
  public Choice beforeNetworks(
      List<ClipRow> clips, Map<String, String> copies, Map<String, Map<String, ScoreRow>> scores) {
    return choose(
        clips,
        copies,
        scores,
        settings.bounds().stream().filter(b -> Columns.cheap(b.measure(), measures)).toList());
  }

  /** Which clips stay. */
  public Choice choose(
      List<ClipRow> clips, Map<String, String> copies, Map<String, Map<String, ScoreRow>> scores) {
    return choose(clips, copies, scores, settings.bounds());
  }

  private Choice choose(
      List<ClipRow> clips,
      Map<String, String> copies,
      Map<String, Map<String, ScoreRow>> scores,
      List<Bound> bounds) {
    List<String> keys =
        clips.stream()
            .map(ClipRow::clip)
            .filter(clip -> settings.copies() || !copies.containsKey(clip))
            .toList();
    return Choice.of(keys, Choice.sample(keys, SAMPLE), bounds, Columns.of(clips, scores));
  }
}
