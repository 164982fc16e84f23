package io.zoetrope.curation;

import io.zoetrope.curation.choose.Choice;
import io.zoetrope.curation.measure.Measures;
import io.zoetrope.curation.table.ClipRow;
import io.zoetrope.curation.table.ScoreRow;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** What thresholds can be on: what a clip's row says, and measures. */
final class Columns {
  private static final Map<String, ToDoubleFunction<ClipRow>> OWN =
      Map.of(
          "seconds", ClipRow::seconds,
          "width", ClipRow::width,
          "height", ClipRow::height,
          "fps", ClipRow::fps);

  private Columns() {}

  /**
   * Requires that there is a column of a name.
   *
   * @throws UserError if there is none
   */
  static void require(String name, Measures measures) {
    if (!OWN.containsKey(name)) {
      if (name.equals(Measures.LOOK)) {
        throw new UserError(Fault.INVALID, "'look' is no number: it finds copies");
      }
      var unused = measures.of(name);
    }
  }

  /** Whether a column costs no network. */
  static boolean cheap(String name, Measures measures) {
    return OWN.containsKey(name) || !measures.of(name).costly();
  }

  /** Looks up by clip. */
  static Choice.Values of(List<ClipRow> clips, Map<String, Map<String, ScoreRow>> scores) {
    Map<String, ClipRow> byKey = new HashMap<>();
    clips.forEach(clip -> byKey.put(clip.clip(), clip));
    return (measure, clip) -> {
      ToDoubleFunction<ClipRow> own = OWN.get(measure);
      if (own != null) {
        return Optional.ofNullable(byKey.get(clip)).map(own::applyAsDouble);
      }
      ScoreRow row = scores.getOrDefault(measure, Map.of()).get(clip);
      return row == null ? Optional.empty() : row.value();
    };
  }
}
