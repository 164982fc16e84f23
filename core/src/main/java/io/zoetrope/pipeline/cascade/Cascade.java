package io.zoetrope.pipeline.cascade;

import io.zoetrope.error.UserError;
import io.zoetrope.record.RecordReader;
import io.zoetrope.record.RecordWriter;
import java.util.List;

/**
 * Several models, one after another: what one makes enters the next. Base and refiner, spatial and
 * temporal super-resolution, experts for high and for low noise are all lists of stages.
 *
 * @param stages at least one; only the first begins from words
 */
public record Cascade(List<Stage> stages) {
  public Cascade {
    stages = List.copyOf(stages);
    if (stages.isEmpty()) {
      throw new UserError("a cascade has at least one stage");
    }
    for (int i = 0; i < stages.size(); i++) {
      boolean words = stages.get(i).bridge() instanceof Bridge.None;
      if (words && i > 0) {
        throw new UserError(
            "stage %s has the bridge none: what was made before would be lost".formatted(i + 1));
      }
    }
    if (stages.getFirst().bridge().within()) {
      throw new UserError("the bridge late is a part of the stage before: stage 1 has none");
    }
  }

  public static Cascade of(Stage... stages) {
    return new Cascade(List.of(stages));
  }

  /**
   * From JSON (or YAML).
   *
   * @param what names the text's origin in errors
   * @throws UserError in one line, if it is no cascade
   */
  public static Cascade parse(String what, String text) {
    return RecordReader.read(what, text, Cascade.class);
  }

  /** As JSON, for people to read. */
  public String toJson() {
    return RecordWriter.pretty(this);
  }

  /** Whether it makes its video from words alone; else it needs one to begin with. */
  public boolean fromWords() {
    return stages.getFirst().bridge() instanceof Bridge.None;
  }

  /**
   * A part of it, to be run alone.
   *
   * @param from first stage, from 0
   * @param to behind the last
   * @throws UserError if it has no such stages
   */
  public Cascade part(int from, int to) {
    if (from < 0 || to > stages.size() || from >= to) {
      throw new UserError(
          "the cascade has stages 1 to %s, not %s to %s".formatted(stages.size(), from + 1, to));
    }
    return new Cascade(stages.subList(from, to));
  }
}
