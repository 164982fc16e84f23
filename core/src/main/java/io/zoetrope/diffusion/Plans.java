package io.zoetrope.diffusion;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.IntPredicate;

/**
 * The catalogue of tasks: what each is as a {@link TimestepPlan} of one clip. {@code levels} are
 * those down which frames fall, from 1 to 0, usually {@link NoiseSchedule#spacing}. Plans compose:
 * whatever is made here may be {@linkplain TimestepPlan#startAt started lower}, {@linkplain
 * TimestepPlan#stagger staggered}, {@linkplain TimestepPlan#hold held} and {@linkplain
 * TimestepPlan#resample resampled} again. All throw IllegalArgumentException with one clear line.
 */
public final class Plans {
  private Plans() {}

  /** Text to video: every frame falls together. */
  public static TimestepPlan textToVideo(double[] levels, int frames) {
    return TimestepPlan.uniform(levels, frames);
  }

  /** As below, given frames waiting at their level. */
  public static TimestepPlan imageToVideo(
      double[] levels, int frames, IntPredicate given, double level) {
    return imageToVideo(levels, frames, given, level, Course.WAIT);
  }

  /**
   * Image to video: some frames are given, the others fall. A given frame starts at {@code level}:
   * 0 holds it clean; a little above 0 it is noised a little and made again with the others, which
   * forgives what is wrong with it.
   *
   * @param given which frames; not all of them
   * @param course how they come down from there
   */
  public static TimestepPlan imageToVideo(
      double[] levels, int frames, IntPredicate given, double level, Course course) {
    double[] start = new double[frames];
    for (int frame = 0; frame < frames; frame++) {
      start[frame] = given.test(frame) ? level : 1;
    }
    check(
        Arrays.stream(start).anyMatch(u -> u == 1),
        "all %d frames are given: none is left",
        frames);
    return course.take(TimestepPlan.uniform(levels, frames), start);
  }

  /** The first frame is given and held clean. */
  public static TimestepPlan animate(double[] levels, int frames) {
    return imageToVideo(levels, frames, frame -> frame == 0, 0);
  }

  /** Interpolation: the first and the last frame are given and held clean. */
  public static TimestepPlan interpolate(double[] levels, int frames) {
    check(frames >= 3, "there is nothing between the ends of %d frames: 3 are the least", frames);
    return imageToVideo(levels, frames, frame -> frame == 0 || frame == frames - 1, 0);
  }

  /**
   * A loop of {@code frames} frames: one more is planned, the last is given the same image as the
   * first and dropped afterwards.
   */
  public static TimestepPlan loop(double[] levels, int frames) {
    return loop(levels, frames, 0, Course.WAIT);
  }

  /**
   * As above.
   *
   * @param level at which the image starts, at both ends: 0 holds it, a little more makes it again
   * @param course how it comes down from there
   */
  public static TimestepPlan loop(double[] levels, int frames, double level, Course course) {
    check(frames >= 2, "a loop has at least 2 frames, not %d", frames);
    return imageToVideo(levels, frames + 1, frame -> frame == 0 || frame == frames, level, course);
  }

  /**
   * Long video: the first {@code overlap} frames are the last of the clip before, held clean.
   * Overlap 1 is chaining on the last frame.
   */
  public static TimestepPlan extend(double[] levels, int frames, int overlap) {
    checkOverlap(frames, overlap);
    return imageToVideo(levels, frames, frame -> frame < overlap, 0);
  }

  /**
   * Soft boundary between two prompts: the {@code overlap} frames shared with the clip before start
   * on a ramp of levels, {@link PromptCues#ramp}, and follow the new prompt by as much. Prompt 0 is
   * the old one, prompt 1 the new one.
   */
  public static TimestepPlan softBoundary(double[] levels, int frames, int overlap) {
    checkOverlap(frames, overlap);
    double[] start = new double[frames];
    double[][] weight = new double[frames][];
    for (int frame = 0; frame < frames; frame++) {
      double part = frame < overlap ? PromptCues.ramp(frame, overlap) : 1;
      start[frame] = part;
      weight[frame] = new double[] {1 - part, part};
    }
    return TimestepPlan.uniform(levels, frames).startAt(start).withPrompts(PromptTrack.of(weight));
  }

  /** Video to video: every frame is given and starts at {@code strength}, in (0, 1]. */
  public static TimestepPlan restyle(double[] levels, int frames, double strength) {
    return TimestepPlan.uniform(levels, frames).startAt(strength);
  }

  /**
   * Video to video of a longer video, clip by clip: the first {@code overlap} frames are done and
   * held clean, the others start at {@code strength}.
   */
  public static TimestepPlan restyleOn(double[] levels, int frames, double strength, int overlap) {
    checkOverlap(frames, overlap);
    return restyle(levels, frames, strength).hold(frame -> frame < overlap, 0);
  }

  /** Pyramid, or diffusion forcing: each frame starts {@code delay} steps after the one before. */
  public static TimestepPlan pyramid(double[] levels, int frames, int delay) {
    return TimestepPlan.pyramid(levels, frames, delay);
  }

  /**
   * Resampling (RePaint): text to video in which every stretch of {@code jump} steps is noised
   * again and repeated {@code times} times.
   */
  public static TimestepPlan resampling(double[] levels, int frames, int jump, int times) {
    return TimestepPlan.uniform(levels, frames).resampleAll(jump, times);
  }

  /**
   * How many steps a moving window of {@code window} frames takes for each frame that it gives out:
   * the fewest with which a frame makes at least {@code steps} on its way through.
   */
  public static int stepsPerFrame(int window, int steps) {
    check(window >= 1, "a window has at least 1 frame, not %d", window);
    check(steps >= 1, "a plan has at least 1 step, not %d", steps);
    return Math.ceilDiv(steps, window);
  }

  /**
   * Moving window (FIFO-Diffusion, Kim et al. 2024): one turn of it, after which the first frame is
   * clean and leaves, all others stand where the one before them stood, and a fresh one comes in at
   * level 1. Every frame but the last is given: it has its content from the turn before.
   *
   * @param levels as many steps as a multiple of {@code window}, see {@link #stepsPerFrame}
   */
  public static TimestepPlan movingWindow(double[] levels, int window) {
    int delay = delay(levels, window);
    double[][] rows = new double[delay + 1][window];
    boolean[] given = new boolean[window];
    for (int frame = 0; frame < window; frame++) {
      given[frame] = frame < window - 1;
      for (int row = 0; row <= delay; row++) {
        rows[row][frame] = levels[levels.length - 1 - delay * (frame + 1) + row];
      }
    }
    return TimestepPlan.of(rows, given);
  }

  /**
   * How a moving window begins: the first {@code window} frames, from noise to the first row of
   * {@link #movingWindow}. A pyramid that stops when the first frame has one turn to go; so a frame
   * of the beginning is made as all others are, except that nothing comes before the first.
   */
  public static TimestepPlan warmUp(double[] levels, int window) {
    int delay = delay(levels, window);
    check(levels.length - 1 > delay, "a window of 1 frame needs no warm-up");
    double[][] rows = TimestepPlan.pyramid(levels, window, delay).levels();
    return TimestepPlan.of(Arrays.copyOf(rows, levels.length - delay), new boolean[window]);
  }

  /** A whole video of a moving window as one plan, for a picture: a long pyramid. */
  public static TimestepPlan roll(double[] levels, int frames, int window) {
    return pyramid(levels, frames, delay(levels, window));
  }

  private static int delay(double[] levels, int window) {
    check(window >= 1, "a window has at least 1 frame, not %d", window);
    int steps = levels.length - 1;
    check(
        steps >= window && steps % window == 0,
        "a window of %d frames needs a multiple of %d steps, not %d",
        window,
        window,
        steps);
    return steps / window;
  }

  private static void checkOverlap(int frames, int overlap) {
    check(
        overlap >= 1 && overlap < frames,
        "clips of %d frames overlap by 1 to %d of them, not %d",
        frames,
        frames - 1,
        overlap);
  }

  private static void check(boolean right, String message, Object... details) {
    if (!right) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, message, details));
    }
  }
}
