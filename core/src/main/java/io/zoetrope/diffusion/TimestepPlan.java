package io.zoetrope.diffusion;

import io.zoetrope.torch.Tensors;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Objects;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/**
 * What a task is: the noise level of each frame at each step, which frames are given, and which
 * prompts each frame follows. Row 0 is where each frame starts, the last row is where it ends; each
 * pair of rows is one sampler step. A frame whose level does not change is held, one whose level
 * rises is noised again, one whose level falls is denoised. Immutable and valid by construction.
 *
 * <p>A given frame has content before sampling begins (an image, the end of the clip before, a
 * source video); every other frame is born of pure noise.
 */
public final class TimestepPlan {
  private final double[][] level;
  private final BitSet given;
  private final PromptTrack prompts;

  private TimestepPlan(double[][] level, BitSet given, PromptTrack prompts) {
    this.level = level;
    this.given = given;
    this.prompts = prompts;
  }

  /** As {@link #of(double[][], boolean[], PromptTrack)}, all frames with one prompt. */
  public static TimestepPlan of(double[][] level, boolean[] given) {
    int frames = level.length == 0 ? 0 : level[0].length;
    return of(level, given, PromptTrack.single(Math.max(1, frames)));
  }

  /**
   * A plan from its levels.
   *
   * @param level {@code level[row][frame]} in [0, 1]; at least two rows and one frame
   * @param given for each frame whether it has content before sampling begins
   * @param prompts for each frame the weights of its prompts
   * @throws IllegalArgumentException naming the first thing that is wrong
   */
  public static TimestepPlan of(double[][] level, boolean[] given, PromptTrack prompts) {
    check(level.length >= 2, "a plan has at least 2 rows (1 step), not %d", level.length);
    int frames = level[0].length;
    check(frames >= 1, "a plan has at least 1 frame");
    check(given.length == frames, "%d frames are marked given or not, of %d", given.length, frames);
    check(prompts.frames() == frames, "%d frames have prompts, of %d", prompts.frames(), frames);
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
    return new TimestepPlan(copy, set, prompts);
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
    return uniform(
        IntStream.rangeClosed(0, steps).mapToDouble(i -> (double) (steps - i) / steps).toArray(),
        frames);
  }

  /** {@link #uniform(double[], int)}, {@linkplain #stagger staggered} (diffusion forcing). */
  public static TimestepPlan pyramid(double[] levels, int frames, int delay) {
    return uniform(levels, frames).stagger(delay);
  }

  /** Whether the level of any frame falls in a step. */
  public boolean falls(int step) {
    return IntStream.range(0, frames()).anyMatch(f -> level[step + 1][f] < level[step][f]);
  }

  private TimestepPlan with(double[][] rows, boolean[] marks) {
    return of(rows, marks, prompts);
  }

  /** This plan with other prompts; the track has as many frames. */
  public TimestepPlan withPrompts(PromptTrack track) {
    return of(level, givenFrames(), track);
  }

  /**
   * This plan with each frame {@code delay} rows behind the frame before it: it waits at its first
   * level, and stays at its last (the pyramid of diffusion forcing).
   */
  public TimestepPlan stagger(int delay) {
    check(delay >= 0, "a delay is at least 0, not %d", delay);
    double[][] rows = new double[level.length + delay * (frames() - 1)][frames()];
    for (int row = 0; row < rows.length; row++) {
      for (int frame = 0; frame < frames(); frame++) {
        rows[row][frame] = level[Math.clamp(row - (long) delay * frame, 0, steps())][frame];
      }
    }
    return with(rows, givenFrames());
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
    return with(rows, marks);
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
    return with(more, givenFrames());
  }

  /**
   * As {@link #resample(int, int, int)} for every stretch of {@code jump} steps, one after another:
   * RePaint's schedule with jump length j and r = {@code times + 1}.
   */
  public TimestepPlan resampleAll(int jump, int times) {
    check(jump >= 1, "a stretch has at least 1 step, not %d", jump);
    TimestepPlan plan = this;
    // From the end, so that what is added does not move what is still to be done.
    for (int to = steps() - steps() % jump; to >= jump; to -= jump) {
      plan = plan.resample(to - jump, to, times);
    }
    return plan;
  }

  /** As {@link #startAt(double[])} with one level for all frames, which are all given. */
  public TimestepPlan startAt(double strength) {
    check(strength > 0 && strength <= 1, "a strength lies in (0, 1]; %s does not", strength);
    boolean[] all = new boolean[frames()];
    Arrays.fill(all, true);
    double[] start = new double[frames()];
    Arrays.fill(start, strength);
    return capped(start, all);
  }

  /**
   * This plan with each frame starting no higher than its own level: it waits there until the plan
   * falls below, then falls with it. Frames that start below 1 are given. 0 holds a frame clean,
   * one level for all frames is video to video, a ramp is a soft boundary. Rows before the first
   * move are left out.
   *
   * @param start for each frame a level in [0, 1]; 1 leaves it as it is
   */
  public TimestepPlan startAt(double... start) {
    check(start.length == frames(), "%d frames have a start, of %d", start.length, frames());
    boolean[] marks = givenFrames();
    for (int frame = 0; frame < marks.length; frame++) {
      double u = start[frame];
      check(u >= 0 && u <= 1, "frame %d: a level lies in [0, 1]; %s does not", frame, u);
      marks[frame] |= u < 1;
    }
    return capped(start, marks);
  }

  /**
   * This plan with each frame's levels times a factor of its own, so that it falls in proportion to
   * the others. Frames with a factor below 1 are given; 0 holds a frame clean.
   *
   * @param factor for each frame, in [0, 1]; 1 leaves it as it is
   */
  public TimestepPlan scale(double... factor) {
    check(factor.length == frames(), "%d frames have a factor, of %d", factor.length, frames());
    boolean[] marks = givenFrames();
    double[][] rows = levels();
    for (int frame = 0; frame < marks.length; frame++) {
      double part = factor[frame];
      check(part >= 0 && part <= 1, "frame %d: a factor lies in [0, 1]; %s does not", frame, part);
      marks[frame] |= part < 1;
      for (double[] row : rows) {
        row[frame] *= part;
      }
    }
    return with(rows, marks);
  }

  private TimestepPlan capped(double[] start, boolean[] marks) {
    double[][] rows = levels();
    for (double[] row : rows) {
      for (int frame = 0; frame < frames(); frame++) {
        row[frame] = Math.min(row[frame], start[frame]);
      }
    }
    int first = 0;
    while (first < steps() - 1 && Arrays.equals(rows[first], rows[first + 1])) {
      first++;
    }
    return with(Arrays.copyOfRange(rows, first, rows.length), marks);
  }

  /** The frames {@code first} to {@code first + count - 1} of this plan, all its rows. */
  public TimestepPlan slice(int first, int count) {
    PromptTrack track = prompts.slice(first, count);
    double[][] rows = levels();
    for (int row = 0; row < rows.length; row++) {
      rows[row] = Arrays.copyOfRange(rows[row], first, first + count);
    }
    return of(rows, Arrays.copyOfRange(givenFrames(), first, first + count), track);
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

  /** How many frames are given. */
  public int givenCount() {
    return given.cardinality();
  }

  /** For each frame whether it is given. */
  public boolean[] givenFrames() {
    boolean[] marks = new boolean[frames()];
    for (int frame = 0; frame < marks.length; frame++) {
      marks[frame] = given.get(frame);
    }
    return marks;
  }

  /** This plan behind {@code count} more frames, given and held clean, that follow prompt 0. */
  public TimestepPlan after(int count) {
    check(count >= 0, "there are 0 frames or more before, not %d", count);
    int all = count + frames();
    double[][] rows = new double[level.length][all];
    for (int row = 0; row < rows.length; row++) {
      System.arraycopy(level[row], 0, rows[row], count, frames());
    }
    boolean[] marks = new boolean[all];
    double[][] weight = new double[all][prompts.prompts()];
    for (int frame = 0; frame < all; frame++) {
      marks[frame] = frame < count || given.get(frame - count);
      weight[frame][0] = 1;
    }
    System.arraycopy(prompts.weights(), 0, weight, count, frames());
    return of(rows, marks, PromptTrack.of(weight));
  }

  /** For each frame the weights of its prompts. */
  public PromptTrack prompts() {
    return prompts;
  }

  /** Whether a frame is given and stays at level 0 from beginning to end. */
  public boolean heldClean(int frame) {
    return given(frame) && Arrays.stream(level).allMatch(row -> row[frame] == 0);
  }

  /** Whether any frame falls in the step from this row to the next, so that a network is needed. */
  public boolean denoises(int row) {
    return IntStream.range(0, frames()).anyMatch(f -> level[row + 1][f] < level[row][f]);
  }

  /** This plan as JSON; {@link #fromJson} reads it back to the bit. */
  public String toJson() {
    return PlanText.toJson(this);
  }

  /** Reads {@link #toJson}; throws {@link io.zoetrope.error.UserError} when it is no plan. */
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
        && given.equals(plan.given)
        && prompts.equals(plan.prompts);
  }

  @Override
  public int hashCode() {
    return Objects.hash(Arrays.deepHashCode(level), given, prompts);
  }

  @Override
  public String toString() {
    return "TimestepPlan[" + steps() + " steps, " + frames() + " frames, given " + given + "]";
  }
}
