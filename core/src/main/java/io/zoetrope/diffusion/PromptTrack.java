package io.zoetrope.diffusion;

import java.util.Arrays;
import java.util.Locale;

/**
 * Which prompt a frame follows: for each frame the weights of P prompts, which add up to 1. A frame
 * between two prompts has parts of both. Immutable and valid by construction.
 */
public final class PromptTrack {
  private static final double SLACK = 1e-6;

  private final double[][] weight;

  private PromptTrack(double[][] weight) {
    this.weight = weight;
  }

  /**
   * A track from its weights.
   *
   * @param weight {@code weight[frame][prompt]} in [0, 1]; each frame's add up to 1
   * @throws IllegalArgumentException naming the first thing that is wrong
   */
  public static PromptTrack of(double[][] weight) {
    check(weight.length >= 1, "a prompt track has at least 1 frame");
    int prompts = weight[0].length;
    check(prompts >= 1, "a prompt track has at least 1 prompt");
    for (int frame = 0; frame < weight.length; frame++) {
      check(
          weight[frame].length == prompts,
          "frame %d has weights of %d prompts where frame 0 has %d",
          frame,
          weight[frame].length,
          prompts);
      for (double w : weight[frame]) {
        check(
            w >= 0 && w <= 1, "frame %d: a prompt's weight lies in [0, 1]; %s does not", frame, w);
      }
      double sum = Arrays.stream(weight[frame]).sum();
      check(
          Math.abs(sum - 1) <= SLACK,
          "frame %d: the weights of its prompts must add up to 1, not %s",
          frame,
          sum);
    }
    return new PromptTrack(copy(weight));
  }

  /** One prompt for all frames. */
  public static PromptTrack single(int frames) {
    check(frames >= 1, "a prompt track has at least 1 frame");
    double[][] weight = new double[frames][1];
    for (double[] row : weight) {
      row[0] = 1;
    }
    return new PromptTrack(weight);
  }

  private static double[][] copy(double[][] rows) {
    return Arrays.stream(rows).map(double[]::clone).toArray(double[][]::new);
  }

  private static void check(boolean right, String message, Object... details) {
    if (!right) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, message, details));
    }
  }

  public int frames() {
    return weight.length;
  }

  /** P, how many prompts. */
  public int prompts() {
    return weight[0].length;
  }

  public double weight(int frame, int prompt) {
    return weight[frame][prompt];
  }

  /** A copy of all weights, {@code [frame][prompt]}. */
  public double[][] weights() {
    return copy(weight);
  }

  /** Whether any frame follows this prompt at all. */
  public boolean uses(int prompt) {
    return Arrays.stream(weight).anyMatch(row -> row[prompt] > 0);
  }

  /** Whether there is but one prompt. */
  public boolean isSingle() {
    return prompts() == 1;
  }

  /** Some of its frames. */
  public PromptTrack slice(int first, int count) {
    check(
        first >= 0 && count >= 1 && first + count <= frames(),
        "there are no frames %d to %d of %d",
        first,
        first + count - 1,
        frames());
    return new PromptTrack(copy(Arrays.copyOfRange(weight, first, first + count)));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PromptTrack track && Arrays.deepEquals(weight, track.weight);
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(weight);
  }

  @Override
  public String toString() {
    return "PromptTrack[" + frames() + " frames, " + prompts() + " prompts]";
  }
}
