package io.zoetrope.pipeline.cascade;

import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.model.Size;
import io.zoetrope.record.RecordReader;
import io.zoetrope.record.RecordWriter;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

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
      Bridge bridge = stages.get(i).bridge();
      if (bridge.fromWords() && i > 0) {
        throw new UserError(
            "stage %s has the bridge %s: what was made before would be lost"
                .formatted(i + 1, bridge.makesVideo() ? "none" : "prior"));
      }
      requireHanded(i, stages);
    }
    if (stages.getFirst().bridge().within()) {
      throw new UserError("the bridge late is a part of the stage before: stage 1 has none");
    }
    requireGrowing(stages);
  }

  /** A prior hands on an embedding, all others a video. */
  private static void requireHanded(int at, List<Stage> stages) {
    boolean told = stages.get(at).bridge() instanceof Bridge.Embedding;
    boolean prior = at > 0 && !stages.get(at - 1).bridge().makesVideo();
    if (prior && !told) {
      throw new UserError(
          "stage %s follows a prior, which hands it an embedding: its bridge is embedding"
              .formatted(at + 1));
    }
    if (told && at > 0 && !prior) {
      throw new UserError(
          "stage %s has the bridge embedding, and stage %s is no prior".formatted(at + 1, at));
    }
  }

  /** Sizes that stages name; those they leave out are known only when there is a model. */
  private static void requireGrowing(List<Stage> stages) {
    Optional<Size> before = Optional.empty();
    for (int i = 0; i < stages.size(); i++) {
      Optional<Size> size = stages.get(i).size();
      if (before.isPresent() && size.isPresent() && size.get().smaller(before.get())) {
        throw new UserError(
            "stage %s is %s after %s: a cascade makes videos larger"
                .formatted(i + 1, size.get(), before.get()));
      }
      before = size.or(latest(before));
    }
  }

  private static Supplier<Optional<Size>> latest(Optional<Size> size) {
    return () -> size;
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

  /** Whether it makes its video from words alone; else it needs something to begin with. */
  public boolean fromWords() {
    return stages.getFirst().bridge().fromWords();
  }

  /** Behind a stage, from 0, and those that are parts of it. */
  public int end(int stage) {
    int end = stage + 1;
    while (end < stages.size() && stages.get(end).bridge().within()) {
      end++;
    }
    return end;
  }

  /** Names of models, as they come; not the order's own. */
  public List<String> models() {
    return stages.stream().flatMap(stage -> stage.model().stream()).distinct().toList();
  }

  /** This with other names of its models. */
  public Cascade naming(UnaryOperator<String> names) {
    return new Cascade(stages.stream().map(stage -> stage.naming(names)).toList());
  }

  /**
   * A part of it, to be run alone; noise and settings that follow from stages before are lost: see
   * {@link CascadeRun}.
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
