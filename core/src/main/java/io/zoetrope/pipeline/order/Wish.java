package io.zoetrope.pipeline.order;

import io.zoetrope.pipeline.family.ModelIndex;
import io.zoetrope.pipeline.model.Size;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.schedule.Samplers;
import io.zoetrope.record.Default;
import java.util.List;
import java.util.Optional;

/**
 * What is wished for, whatever the task. What is empty is up to the model.
 *
 * @param prompts what the video shows; several where the task has them change on the way; none if
 *     it may go without
 * @param negative what it shall not show
 * @param seed of all noise, 0 or more; empty draws one
 * @param size of the result
 * @param frames of the result, 1 to {@value #MOST_FRAMES}; where a source is made again, no more of
 *     it than so many
 * @param fps frames per second of the result, 0.1 to 240
 * @param steps of sampling, 1 to {@link VideoRequest#MOST_STEPS}
 * @param guidance scale of classifier-free guidance, 0 to 100; 1 is off
 * @param sampler by name, see {@link Samplers}
 */
public record Wish(
    @Default("[]") List<String> prompts,
    Optional<String> negative,
    Optional<Long> seed,
    Optional<Size> size,
    Optional<Integer> frames,
    Optional<Double> fps,
    Optional<Integer> steps,
    Optional<Double> guidance,
    Optional<String> sampler) {
  /** Frames of a video of several clips. */
  public static final int MOST_FRAMES = 1_000_000;

  /** Letters of a prompt. */
  public static final int LONGEST_PROMPT = 2000;

  public Wish {
    prompts = prompts.stream().map(String::strip).toList();
    negative = negative.map(String::strip).filter(text -> !text.isEmpty());
    prompts.forEach(prompt -> checkPrompt("prompts", prompt));
    negative.ifPresent(prompt -> checkPrompt("negative", prompt));
    seed.ifPresent(value -> {
      if (value < 0) {
        throw Checks.wrong("seed must be 0 to %s, is %s".formatted(Long.MAX_VALUE, value));
      }
    });
    frames.ifPresent(value -> Checks.whole("frames", 1, MOST_FRAMES, value));
    fps.ifPresent(value -> Checks.real("fps", 0.1, 240, value));
    steps.ifPresent(value -> Checks.whole("steps", 1, VideoRequest.MOST_STEPS, value));
    guidance.ifPresent(value -> Checks.real("guidance", 0, 100, value));
    sampler.ifPresent(name -> {
      if (!Samplers.NAMES.contains(name)) {
        throw Checks.wrong(
            "sampler must be one of %s, is '%s'"
                .formatted(String.join(", ", Samplers.NAMES), name));
      }
    });
  }

  /** So many words, and everything else as the model likes it. */
  public static Wish of(String... prompts) {
    return new Wish(
        List.of(prompts),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** The first prompt; empty if there is none. */
  public String prompt() {
    return prompts.isEmpty() ? "" : prompts.getFirst();
  }

  public Wish withSeed(long value) {
    return new Wish(
        prompts, negative, Optional.of(value), size, frames, fps, steps, guidance, sampler);
  }

  public Wish withFrames(int value) {
    return new Wish(
        prompts, negative, seed, size, Optional.of(value), fps, steps, guidance, sampler);
  }

  public Wish withSize(Size value) {
    return new Wish(
        prompts, negative, seed, Optional.of(value), frames, fps, steps, guidance, sampler);
  }

  public Wish withSteps(int value) {
    return new Wish(
        prompts, negative, seed, size, frames, fps, Optional.of(value), guidance, sampler);
  }

  /** This with other prompts. */
  public Wish withPrompts(List<String> values) {
    return new Wish(values, negative, seed, size, frames, fps, steps, guidance, sampler);
  }

  public Wish withNegative(String value) {
    return new Wish(prompts, Optional.of(value), seed, size, frames, fps, steps, guidance, sampler);
  }

  public Wish withFps(double value) {
    return new Wish(
        prompts, negative, seed, size, frames, Optional.of(value), steps, guidance, sampler);
  }

  public Wish withGuidance(double value) {
    return new Wish(prompts, negative, seed, size, frames, fps, steps, Optional.of(value), sampler);
  }

  public Wish withSampler(String name) {
    return new Wish(prompts, negative, seed, size, frames, fps, steps, guidance, Optional.of(name));
  }

  /** What a model does best, sampled as is wished for. */
  VideoRequest usual(ModelIndex.Defaults own) {
    ModelIndex.Defaults defaults = sampler.map(own::by).orElse(own);
    VideoRequest request =
        VideoRequest.of(prompt(), seed.orElse(0L), defaults).withNegative(negative.orElse(""));
    return request
        .withSteps(steps.orElse(request.steps()))
        .withGuidance(guidance.orElse(request.guidance()));
  }

  /** A request in the size and at the rate that are wished for. */
  VideoRequest shape(VideoRequest usual, int clip) {
    VideoRequest request = usual.withFrames(clip).withFps(fps.orElse(usual.fps()));
    return size.map(s -> request.withSize(s.width(), s.height())).orElse(request);
  }

  private static void checkPrompt(String name, String text) {
    if (text.length() > LONGEST_PROMPT) {
      throw Checks.wrong(
          "%s holds one of %s characters: say it in %s"
              .formatted(name, text.length(), LONGEST_PROMPT));
    }
  }
}
