package io.zoetrope.diffusion;

import io.zoetrope.torch.Tensors;
import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntPredicate;
import org.bytedeco.pytorch.Tensor;

/**
 * What a task is: the noise level of each frame at each step, and which frames are given. Row 0 is
 * where each frame starts, the last row is where it ends; each pair of rows is one sampler step. A
 * frame whose level does not change is held, one whose level rises is noised again, one whose level
 * falls is denoised. Immutable and valid by construction.
 *
 * <p>A given frame has content before sampling begins (an image, the end of the clip before, a
 * source video); every other frame is born of pure noise.
 */
public final class TimestepPlan {
  private final double[][] level;
  private final BitSet given;

  private TimestepPlan(double[][] level, BitSet given) {
    this.level = level;
    this.given = given;
  }

  /**
   * A plan from its levels.
   *
   * @param level {@code level[row][frame]} in [0, 1]; at least two rows and one frame
   * @param given for each frame whether it has content before sampling begins
   * @throws IllegalArgumentException naming the first thing that is wrong
   */
  public static TimestepPlan of(double[][] level, boolean[] given) {
    check(level.length >= 2, "a plan has at least 2 rows (1 step), not %d", level.length);
    int frames = level[0].length;
    check(frames >= 1, "a plan has at least 1 frame");
    check(given.length == frames, "%d frames are marked given or not, of %d", given.length, frames);
    double[][] copy = new double[level.length][];
    for (int row = 0; row < level.length; row++) {
      check(
          level[row].length == frames,
          "row %d has %d frames where row 0 has %d",
          row,
          level[row].length,
          frames);
      for (int frame = 0; frame < frames; frame++) {
        double u = level[row][frame];
        check(
            u >= 0 && u <= 1,
            "row %d, frame %d: a level lies in [0, 1]; %s does not",
            row,
            frame,
            u);
      }
      copy[row] = level[row].clone();
    }
    BitSet set = new BitSet();
    for (int frame = 0; frame < frames; frame++) {
      set.set(frame, given[frame]);
      check(
          given[frame] || level[0][frame] == 1,
          "frame %d starts at level %s with nothing given: start it at 1, or mark it given",
          frame,
          level[0][frame]);
      check(
          !(given[frame] && level[0][frame] == 1 && allOnes(level, frame)),
          "frame %d stays at level 1: it would end as noise",
          frame);
    }
    return new TimestepPlan(copy, set);
  }

  private static boolean allOnes(double[][] level, int frame) {
    return Arrays.stream(level).allMatch(row -> row[frame] == 1);
  }

  private static void check(boolean right, String message, Object... details) {
    if (!right) {
      throw new IllegalArgumentException(String.format(java.util.Locale.ROOT, message, details));
    }
  }

  /** All frames together down the same levels, for instance {@link NoiseSchedule#spacing}. */
  public static TimestepPlan uniform(double[] levels, int frames) {
    double[][] level = new double[levels.length][frames];
    for (int row = 0; row < levels.length; row++) {
      Arrays.fill(level[row], levels[row]);
    }
    boolean[] given = new boolean[frames];
    Arrays.fill(given, levels.length > 0 && levels[0] < 1);
    return of(level, given);
  }

  /** All frames together in {@code steps} steps of equal size in u. */
  public static TimestepPlan uniform(int steps, int frames) {
    check(steps >= 1, "a plan has at least 1 step, not %d", steps);
    double[] levels = new double[steps + 1];
    for (int i = 0; i <= steps; i++) {
      levels[i] = (double) (steps - i) / steps;
    }
    return uniform(levels, frames);
  }

  /**
   * Each frame starts {@code delay} rows after the frame before it and then falls down the same
   * levels (diffusion forcing's pyramid).
   */
  public static TimestepPlan pyramid(double[] levels, int frames, int delay) {
    check(delay >= 0, "a delay is at least 0, not %d", delay);
    check(levels.length >= 2, "a plan has at least 2 rows (1 step), not %d", levels.length);
    double[][] level = new double[levels.length + delay * (frames - 1)][frames];
    for (int row = 0; row < level.length; row++) {
      for (int frame = 0; frame < frames; frame++) {
        level[row][frame] = levels[Math.clamp(row - (long) delay * frame, 0, levels.length - 1)];
      }
    }
    boolean[] given = new boolean[frames];
    Arrays.fill(given, levels[0] < 1);
    return of(level, given);
  }

  /** This plan with some frames given and held at one level throughout (0 is clean). */
  public TimestepPlan hold(IntPredicate frames, double level) {
    double[][] rows = levels();
    boolean[] marks = givenFrames();
    for (int frame = 0; frame < frames(); frame++) {
      if (frames.test(frame)) {
        marks[frame] = true;
        for (double[] row : rows) {
          row[frame] = level;
        }
      }
    }
    return of(rows, marks);
  }

  /** This plan with one frame given and held clean. */
  public TimestepPlan holdClean(int frame) {
    check(frame >= 0 && frame < frames(), "there is no frame %d of %d", frame, frames());
    return hold(f -> f == frame, 0);
  }

  /**
   * This plan with a loop in it: after row {@code to} every frame that has moved since row {@code
   * from} is noised again to its level at {@code from} and comes down once more, {@code times}
   * times (RePaint, restart sampling).
   */
  public TimestepPlan resample(int from, int to, int times) {
    check(
        from >= 0 && from < to && to <= steps(),
        "rows %d to %d are no stretch of a plan of %d steps",
        from,
        to,
        steps());
    check(times >= 0, "a stretch is repeated 0 times or more, not %d", times);
    double[][] rows = levels();
    double[][] more = new double[rows.length + times * (to - from + 1)][];
    int n = 0;
    for (int row = 0; row <= to; row++) {
      more[n++] = rows[row];
    }
    for (int time = 0; time < times; time++) {
      for (int row = from; row <= to; row++) {
        more[n++] = rows[row];
      }
    }
    for (int row = to + 1; row < rows.length; row++) {
      more[n++] = rows[row];
    }
    return of(more, givenFrames());
  }

  /**
   * This plan from the first row in which no frame is above {@code strength}, preceded by a row at
   * which every frame that was above it starts at exactly {@code strength}; all frames given (video
   * to video). A plan that starts below the strength keeps its levels.
   */
  public TimestepPlan startAt(double strength) {
    check(strength > 0 && strength <= 1, "a strength lies in (0, 1]; %s does not", strength);
    int first = 0;
    while (first < steps() && max(level[first]) >= strength) {
      first++;
    }
    check(
        max(level[first]) < strength,
        "no frame of this plan falls below the strength %s",
        strength);
    boolean[] all = new boolean[frames()];
    Arrays.fill(all, true);
    if (first == 0) {
      return of(level, all);
    }
    double[][] rows = new double[steps() - first + 2][];
    rows[0] = new double[frames()];
    double[] before = level[first - 1];
    for (int frame = 0; frame < frames(); frame++) {
      rows[0][frame] = Math.min(before[frame], strength);
    }
    for (int row = first; row <= steps(); row++) {
      rows[row - first + 1] = level[row].clone();
    }
    return of(rows, all);
  }

  private static double max(double[] row) {
    return Arrays.stream(row).max().orElseThrow();
  }

  /** How many sampler steps: one less than rows. */
  public int steps() {
    return level.length - 1;
  }

  public int frames() {
    return level[0].length;
  }

  /** The level of a frame at a row in 0..steps. */
  public double level(int row, int frame) {
    return level[row][frame];
  }

  /** A copy of one row. */
  public double[] row(int row) {
    return level[row].clone();
  }

  /** A copy of all levels, {@code [row][frame]}. */
  public double[][] levels() {
    return Arrays.stream(level).map(double[]::clone).toArray(double[][]::new);
  }

  /** One row as a tensor, [1, F], f64. */
  public Tensor row_1F(int row) {
    return Tensors.of(level[row].clone(), 1, frames());
  }

  /** Whether a frame has content before sampling begins. */
  public boolean given(int frame) {
    return given.get(frame);
  }

  /** For each frame whether it is given. */
  public boolean[] givenFrames() {
    boolean[] marks = new boolean[frames()];
    for (int frame = 0; frame < marks.length; frame++) {
      marks[frame] = given.get(frame);
    }
    return marks;
  }

  /** Whether any frame falls in the step from this row to the next, so that a network is needed. */
  public boolean denoises(int row) {
    for (int frame = 0; frame < frames(); frame++) {
      if (level[row + 1][frame] < level[row][frame]) {
        return true;
      }
    }
    return false;
  }

  /** This plan as JSON; {@link #fromJson} reads it back to the bit. */
  public String toJson() {
    return PlanText.toJson(this);
  }

  /** Reads {@link #toJson}; throws {@link io.zoetrope.torch.UserError} when it is no plan. */
  public static TimestepPlan fromJson(String json) {
    return PlanText.fromJson(json);
  }

  /** A picture: frames across, steps down, darker is noisier, given frames marked. */
  public String toAscii() {
    return PlanText.picture(this, PlanText.BLOCKS);
  }

  /** As {@link #toAscii()} with letters of 7 bits only. */
  public String toPlainAscii() {
    return PlanText.picture(this, PlanText.PLAIN);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TimestepPlan plan
        && Arrays.deepEquals(level, plan.level)
        && given.equals(plan.given);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.deepHashCode(level) + given.hashCode();
  }

  @Override
  public String toString() {
    return "TimestepPlan[" + steps() + " steps, " + frames() + " frames, given " + given + "]";
  }
}
