package io.zoetrope.pipeline.order;

import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.order.TaskSpec.Ability;
import io.zoetrope.record.Default;
import io.zoetrope.record.RecordReader;
import io.zoetrope.record.RecordWriter;
import java.util.List;

/**
 * An order for a video, as a value: what a command line, a server, a cluster or a program asks for
 * and {@link Studio} makes, and what the finished file remembers. All that can be known to be wrong
 * without a file or a model is found when it is made.
 *
 * @param task what is made, from what
 * @param wish what it shows and how it looks
 * @param model by which
 * @param tuning how clips are made
 */
public record VideoOrder(
    TaskSpec task, @Default("{}") Wish wish, ModelRef model, @Default("{}") Tuning tuning) {
  public VideoOrder {
    task.check(wish);
    task.check(model);
    require(task, Ability.CONTROLS, model.controls().isEmpty(), "controls are shown nothing here");
    require(
        task,
        Ability.REFERENCES,
        model.references().isEmpty(),
        "references are for clips of one piece whose frames fall together");
    if (!model.references().isEmpty() && tuning.windowed()) {
      throw Checks.wrong("references stand before the whole video: leave windows out");
    }
    require(
        task,
        Ability.HOLD,
        tuning.hold().isEmpty(),
        "hold is about given frames, and none is given");
    require(
        task, Ability.FREE_INIT, tuning.freeInit().isEmpty(), "freeInit makes whole clips again");
    require(
        task,
        Ability.FREE_INIT,
        tuning.easyCache().isEmpty(),
        "easyCache is about clips whose frames fall together");
    require(
        task,
        Ability.FREE_INIT,
        tuning.teaCache().isEmpty(),
        "teaCache is about clips whose frames fall together");
    require(
        task,
        Ability.FREE_NOISE,
        !tuning.freeNoise(),
        "freeNoise is about the noise of whole clips");
  }

  private static void require(TaskSpec task, Ability ability, boolean unused, String why) {
    if (!unused && !task.abilities().contains(ability)) {
      throw Checks.wrong("%s: leave it out of '%s'".formatted(why, name(task)));
    }
  }

  private static String name(TaskSpec task) {
    return RecordReader.kind(TaskSpec.class, task.getClass());
  }

  /** This with another task. */
  public VideoOrder withTask(TaskSpec other) {
    return new VideoOrder(other, wish, model, tuning);
  }

  /** This with another wish. */
  public VideoOrder withWish(Wish other) {
    return new VideoOrder(task, other, model, tuning);
  }

  /** This with another model. */
  public VideoOrder withModel(ModelRef other) {
    return new VideoOrder(task, wish, other, tuning);
  }

  /** This with other tuning. */
  public VideoOrder withTuning(Tuning other) {
    return new VideoOrder(task, wish, model, other);
  }

  /** One line of JSON, from which {@link #parse} makes it again. */
  public String toJson() {
    return RecordWriter.write(this);
  }

  /**
   * Reads an order.
   *
   * @param what names the text's origin in errors
   * @param json as {@link #toJson} writes it; YAML will do
   * @throws UserError in one line that names the origin, the line, the key and the mend
   */
  public static VideoOrder parse(String what, String json) {
    return parse(what, json, List.of());
  }

  /**
   * As {@link #parse(String, String)} with settings put over the text.
   *
   * @param settings as in {@code wish.steps=50}
   */
  public static VideoOrder parse(String what, String json, List<String> settings) {
    return RecordReader.read(what, json, settings, "setting", VideoOrder.class);
  }
}
