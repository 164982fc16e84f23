package io.zoetrope.diffusion.guidance;

import io.zoetrope.diffusion.NoiseLevel;
import java.util.function.Predicate;

/**
 * How strongly a frame is guided at its noise level, in the convention of diffusers: 1 is off, 0 is
 * unconditional, above 1 pushes towards the condition. (VDM's {@code w} is this less 1.)
 */
@FunctionalInterface
public interface GuidanceScale {
  /**
   * The scale of one frame.
   *
   * @param level where the frame is
   * @param frame its number, from 0
   * @param frames how many there are
   */
  double at(NoiseLevel level, long frame, long frames);

  /** The same everywhere. */
  static GuidanceScale constant(double scale) {
    check(scale);
    return (level, frame, frames) -> scale;
  }

  /** Linear over the frames, from the first to the last (Stable Video Diffusion). */
  static GuidanceScale overFrames(double first, double last) {
    check(first);
    check(last);
    return (level, frame, frames) ->
        frames == 1 ? first : first + (last - first) * frame / (frames - 1);
  }

  /**
   * This scale for the first steps, then 1 and this in turn (Ho et al. 2022, "Imagen Video",
   * section 2.5: oscillating guidance). Each frame counts its own steps, by where its level lies
   * among those of sampling: so a pattern is the same in any batch, window and plan.
   *
   * @param first how many steps, 0 or more
   * @param levels of sampling, falling
   */
  default GuidanceScale oscillating(int first, double[] levels) {
    double[] rows = levels.clone();
    return (level, frame, frames) -> {
      int step = -1;
      while (step + 1 < rows.length && rows[step + 1] >= level.u() - 1e-9) {
        step++;
      }
      boolean off = step >= first && (step - first) % 2 == 0;
      return off ? 1 : at(level, frame, frames);
    };
  }

  /**
   * This scale where the condition holds, and 1 elsewhere, frame by frame (Kynkaanniemi et al.
   * 2024, "Applying Guidance in a Limited Interval").
   */
  default GuidanceScale within(Predicate<NoiseLevel> condition) {
    return (level, frame, frames) -> condition.test(level) ? at(level, frame, frames) : 1;
  }

  /** Another scale where the condition holds, frame by frame. */
  default GuidanceScale where(Predicate<NoiseLevel> condition, GuidanceScale other) {
    return (level, frame, frames) ->
        (condition.test(level) ? other : this).at(level, frame, frames);
  }

  /** Levels from {@code low} to {@code high}, both included. */
  static Predicate<NoiseLevel> levels(double low, double high) {
    if (!(low <= high)) {
      throw new IllegalArgumentException("an interval runs up, not " + low + " to " + high);
    }
    return level -> level.u() >= low && level.u() <= high;
  }

  /** LogSNRs from {@code low} to {@code high}, both included. */
  static Predicate<NoiseLevel> logSnrs(double low, double high) {
    if (!(low <= high)) {
      throw new IllegalArgumentException("an interval runs up, not " + low + " to " + high);
    }
    return level -> level.logSnr() >= low && level.logSnr() <= high;
  }

  private static void check(double scale) {
    if (!Double.isFinite(scale)) {
      throw new IllegalArgumentException("a guidance scale is a finite number, not " + scale);
    }
  }
}
