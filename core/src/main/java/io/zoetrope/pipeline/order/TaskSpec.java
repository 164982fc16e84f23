package io.zoetrope.pipeline.order;

import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Sound;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.schedule.Descent;
import io.zoetrope.progress.Progress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * What is to be made, as a value: a record for each task, with its sources by name and its numbers.
 * {@link Studio} makes it. Numbers are checked where a record is made, what they mean beside the
 * rest of an order where that is ({@link #check}), sources before a model is loaded ({@link
 * #ready}).
 */
public sealed interface TaskSpec
    permits AnimateSpec,
        CascadeSpec,
        ExtendSpec,
        GenerateSpec,
        InterpolateSpec,
        LoopSpec,
        RefineSpec,
        RestyleSpec,
        RollSpec,
        TaskSpec.Own,
        TravelSpec {
  /** A task that a program brings along. It is made like all others; no file remembers it. */
  non-sealed interface Own extends TaskSpec {}

  /** What a task has a use for. */
  enum Ability {
    /** Models of single pictures. */
    SINGLE_PICTURES,
    /** Given frames, which may be held in several ways ({@link Tuning#hold}). */
    HOLD,
    /** Controls, for it can show them something. */
    CONTROLS,
    /** Pictures to take something from ({@link ModelRef#references}). */
    REFERENCES,
    /** Making each clip again ({@link Tuning#freeInit}). */
    FREE_INIT,
    /** Noise that repeats ({@link Tuning#freeNoise}). */
    FREE_NOISE,
    /** Frames that are whole long before the last is: its file may grow. */
    GROWS
  }

  /** All is known: makes the frames. */
  @FunctionalInterface
  interface Shoot {
    /**
     * Makes them and hands them over.
     *
     * @throws java.util.concurrent.CancellationException when progress says so
     */
    void run(Reel reel, Progress progress);
  }

  /** A task whose sources are there. */
  interface Ready {
    /**
     * What the first model makes, if that is not the video itself.
     *
     * @param request of the video
     * @param model the first one
     */
    default VideoRequest first(VideoRequest request, VideoModel model) {
      return request;
    }

    /**
     * Size, rate and clip length.
     *
     * @param usual what the model does best, with what is wished for in sampling
     * @param model the first one, for what it can make
     */
    VideoRequest request(VideoRequest usual, VideoModel model);

    /** What is heard, where frames keep the times of a source that has sound. */
    default Optional<Sound> sound() {
      return Optional.empty();
    }

    /** Reads the sources. What it makes belongs to the scope around. */
    Shoot read(Making making);

    /** What else is worth telling of what the model will make, by name. */
    default Map<String, Object> details(VideoModel model) {
      return Map.of();
    }
  }

  /** A few words for the name of a file. */
  String title(Wish wish);

  /** What it has a use for. */
  Set<Ability> abilities();

  /**
   * Whether it can be done with a wish.
   *
   * @throws UserError if not
   */
  void check(Wish wish);

  /**
   * Whether it can be done with a model and what is put into it.
   *
   * @throws UserError if not
   */
  default void check(ModelRef model) {}

  /**
   * The very plan by which it is run: that of the clip which shows what the task is. Others of a
   * long video differ by what they have from the clip before.
   *
   * @param grid how the model counts
   * @param frames of the clip
   * @throws UserError if the task makes no sense with so many
   */
  TimestepPlan plan(Descent descent, LatentGrid grid, int frames);

  /**
   * Looks at its sources.
   *
   * @throws UserError if one is missing, is another than it was, or will not do
   */
  Ready ready(Wish wish, SourceFiles files);

  /**
   * Looks at its sources, of an order that is about it.
   *
   * @throws UserError as above
   */
  default Ready ready(VideoOrder order, SourceFiles files) {
    return ready(order.wish(), files);
  }

  /** Whether a network makes frames of the size that is asked for. */
  default boolean samples() {
    return true;
  }

  /** The model with what the task puts into it. */
  default ModelChoice choice(ModelChoice usual) {
    return usual;
  }

  /** Another model that does the last part of the work; empty if the first one does it too. */
  default Optional<Path> second(Sources sources, Path first) {
    return Optional.empty();
  }

  /** Name of the model that it begins with; empty if that is the order's. */
  default Optional<String> begins() {
    return Optional.empty();
  }

  /** Names of models that come later. */
  default List<String> later() {
    return List.of();
  }

  /**
   * This with what is up to the model filled in.
   *
   * @param model the folder or file of the order's model; looked for only if it is asked for
   */
  default TaskSpec settled(Supplier<Path> model) {
    return this;
  }

  /**
   * This with names of models that last.
   *
   * @param lasting a name -> one that means the same wherever it is read
   */
  default TaskSpec naming(UnaryOperator<String> lasting) {
    return this;
  }

  /**
   * Requires at least so many frames, if any number is wished for.
   *
   * @throws UserError if fewer are
   */
  static void requireFrames(String task, Wish wish, int least, String mend) {
    int frames = wish.frames().orElse(least);
    if (frames < least) {
      throw Checks.wrong(
          "%s needs at least %s frames, not %s: %s".formatted(task, least, frames, mend));
    }
  }

  /**
   * Requires one prompt.
   *
   * @throws UserError if there is none, or more
   */
  static void requirePrompt(String task, Wish wish) {
    if (wish.prompt().isEmpty()) {
      throw Checks.wrong("the prompt is empty: say what %s shall show".formatted(task));
    }
    requireOne(task, wish);
  }

  /** Whether its prompts are read by something else than the first model that makes a video. */
  default boolean readElsewhere() {
    return false;
  }

  /**
   * Requires one prompt or none.
   *
   * @throws UserError if there are more
   */
  static void requireOne(String task, Wish wish) {
    if (wish.prompts().size() > 1) {
      throw Checks.wrong(
          "%s takes one prompt, not %s: 'travel' and 'roll' take several"
              .formatted(task, wish.prompts().size()));
    }
  }
}
