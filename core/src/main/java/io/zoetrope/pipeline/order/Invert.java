package io.zoetrope.pipeline.order;

import io.zoetrope.pipeline.Inversion;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.schedule.Samplers;
import io.zoetrope.pipeline.task.Inverted;
import io.zoetrope.pipeline.task.VideoTask;
import io.zoetrope.record.Default;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;

/**
 * A source is taken to its own noise, in place of fresh one.
 *
 * @param passes of the fixed point after the first, 0 to {@link Inversion#MOST_PASSES}; each takes
 *     as long as sampling without guidance
 * @param prompt what the source shows; empty rises without words
 * @param away what guidance leads away from
 * @param check whether how near it comes back is measured and said
 */
public record Invert(
    @Default("3") int passes,
    Optional<String> prompt,
    @Default("negative") Away away,
    @Default("false") boolean check) {
  /** What guidance leads away from on the way down. */
  public enum Away {
    /** The negative prompt, as ever. */
    NEGATIVE,
    /** The prompt of the source: negative-prompt inversion. */
    SOURCE,
    /**
     * What is found for each step, so that the prompt of the source leads back: null-text
     * inversion.
     */
    OPTIMIZED
  }

  public Invert {
    prompt = prompt.map(String::strip).filter(text -> !text.isEmpty());
    Checks.whole("passes", 0, Inversion.MOST_PASSES, passes);
    prompt
        .filter(text -> text.length() > Wish.LONGEST_PROMPT)
        .ifPresent(text -> {
          throw Checks.wrong(
              "the prompt of the inversion has %s characters: say it in %s"
                  .formatted(text.length(), Wish.LONGEST_PROMPT));
        });
    if (away != Away.NEGATIVE && prompt.isEmpty()) {
      throw Checks.wrong(
          "guidance away from the source, or from what is optimized for it, needs the inversion's"
              + " prompt: say what the source shows");
    }
  }

  /** Requires that a wish goes with it. */
  void check(Wish wish) {
    wish.sampler()
        .filter(name -> !Samplers.of(name).straight())
        .ifPresent(name -> {
          throw Checks.wrong(
              "the steps of the sampler %s cannot be taken back: take ddim, euler or flow-euler"
                  .formatted(name));
        });
    if (wish.steps().orElse(2) < 2) {
      throw Checks.wrong(
          "inversion in 1 step comes back to nothing like the source: raise the steps");
    }
    if (away == Away.OPTIMIZED && wish.guidance().equals(Optional.of(1.0))) {
      throw Checks.wrong(
          "guidance 1 leads away from nothing, so there is nothing to optimize: raise it");
    }
    if (away == Away.SOURCE && wish.negative().isPresent()) {
      throw Checks.wrong(
          "guidance leads away from the source's prompt or from a negative one: leave one out");
    }
  }

  /**
   * A request that can be inverted: by DDIM, if the model's own sampler cannot and none is told.
   */
  VideoRequest request(Wish wish, VideoRequest usual, VideoModel model) {
    boolean straight =
        model.scheduling().sampling(usual.sampler(), usual.steps()).sampler().straight();
    if (straight || wish.sampler().isPresent()) {
      return usual;
    }
    int steps = wish.steps().orElse(model.defaults().by("ddim").steps());
    return usual.withSampler("ddim").withSteps(steps);
  }

  /** Says so where {@link #request} took another sampler than the model's. */
  void say(Wish wish, VideoRequest made, VideoModel model, Consumer<String> note) {
    String own = model.defaults().sampler();
    if (wish.sampler().isEmpty() && !made.sampler().equals(own)) {
      note.accept(
          "sampled by %s: the steps of %s, the model's own sampler, cannot be taken back"
              .formatted(made.sampler(), own));
    }
  }

  /**
   * The task.
   *
   * @param mask 1 where the prompt counts, 0 where the source stays; empty if it counts everywhere
   */
  VideoTask task(
      Tensor latents, double strength, int overlap, Optional<Tensor> mask, Consumer<String> note) {
    return new Inverted(
        latents,
        strength,
        overlap,
        new Inversion(passes),
        prompt.orElse(""),
        Inverted.Away.valueOf(away.name()),
        mask,
        check
            ? Optional.of(db ->
                note.accept(
                    String.format(
                        Locale.ROOT,
                        "round trip without a change: %.1f dB, latents over what differs",
                        db)))
            : Optional.empty());
  }
}
