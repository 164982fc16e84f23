package io.zoetrope.pipeline.model;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.family.ModelIndex;
import io.zoetrope.pipeline.schedule.Samplers;
import io.zoetrope.torch.JavaHeap;

/**
 * A wish for a video.
 *
 * @param prompt what it shows; may be empty
 * @param negative what it shall not show; may be empty
 * @param seed of all noise
 * @param width pixels, 16 to 4096
 * @param height pixels, 16 to 4096
 * @param frames 1 to {@value #MOST_FRAMES}
 * @param fps frames per second of the result
 * @param steps of sampling, 1 to {@value #MOST_STEPS}
 * @param guidance scale of classifier-free guidance, 0 to 100; 1 is off
 * @param sampler by name, see {@link Samplers}
 */
public record VideoRequest(
    String prompt,
    String negative,
    long seed,
    int width,
    int height,
    int frames,
    double fps,
    int steps,
    double guidance,
    String sampler) {
  public static final int MOST_FRAMES = 256;
  public static final int MOST_STEPS = 1000;

  public VideoRequest {
    check("frames", 1, MOST_FRAMES, frames);
    check("steps", 1, MOST_STEPS, steps);
    check("width", 16, 4096, width);
    check("height", 16, 4096, height);
    if (!(fps > 0 && fps <= 240)) {
      throw new UserError(Fault.INVALID, "fps must be above 0 and at most 240, not " + fps);
    }
    if (!(guidance >= 0 && guidance <= 100)) {
      throw new UserError(Fault.INVALID, "guidance must be 0 to 100, not " + guidance);
    }
  }

  /** What the model does best. */
  public static VideoRequest of(String prompt, long seed, ModelIndex.Defaults d) {
    return new VideoRequest(
        prompt,
        "",
        seed,
        d.width(),
        d.height(),
        d.frames(),
        d.fps(),
        d.steps(),
        d.guidance(),
        d.sampler());
  }

  public VideoRequest withPrompt(String other) {
    return new VideoRequest(
        other, negative, seed, width, height, frames, fps, steps, guidance, sampler);
  }

  public VideoRequest withNegative(String other) {
    return new VideoRequest(
        prompt, other, seed, width, height, frames, fps, steps, guidance, sampler);
  }

  public VideoRequest withSeed(long other) {
    return new VideoRequest(
        prompt, negative, other, width, height, frames, fps, steps, guidance, sampler);
  }

  public VideoRequest withSize(int w, int h) {
    return new VideoRequest(prompt, negative, seed, w, h, frames, fps, steps, guidance, sampler);
  }

  public VideoRequest withFrames(int other) {
    return new VideoRequest(
        prompt, negative, seed, width, height, other, fps, steps, guidance, sampler);
  }

  public VideoRequest withFps(double other) {
    return new VideoRequest(
        prompt, negative, seed, width, height, frames, other, steps, guidance, sampler);
  }

  /** This in another number of steps. */
  public VideoRequest withSteps(int other) {
    return new VideoRequest(
        prompt, negative, seed, width, height, frames, fps, other, guidance, sampler);
  }

  public VideoRequest withGuidance(double other) {
    return new VideoRequest(
        prompt, negative, seed, width, height, frames, fps, steps, other, sampler);
  }

  public VideoRequest withSampler(String other) {
    return new VideoRequest(
        prompt, negative, seed, width, height, frames, fps, steps, guidance, other);
  }

  /**
   * Requires that its frames fit into Java's heap, for whoever is about to keep them there.
   *
   * @throws UserError if they do not
   */
  public void requireHeap() {
    JavaHeap.require(
        JavaHeap.bytes(frames, width, height),
        "%s frames of %sx%s".formatted(frames, width, height));
  }

  private static void check(String name, int least, int most, int value) {
    if (value < least || value > most) {
      throw new UserError(
          Fault.INVALID, "%s must be %s to %s, not %s".formatted(name, least, most, value));
    }
  }
}
