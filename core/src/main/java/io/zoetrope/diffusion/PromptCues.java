package io.zoetrope.diffusion;

import java.util.List;

/**
 * At which frames of a video, of any length, its prompt changes, and how softly. A change at frame
 * p is spread over {@code blend} frames around it: frame {@code p - blend / 2 + m} has the part
 * {@code (m + 1) / (blend + 1)} of the new prompt; blend 0 is a hard edge.
 *
 * @param starts the frame at which each prompt sets in; the first is 0, each is later than the one
 *     before it by at least {@code blend}
 * @param blend frames that a change takes, 0 or more
 */
public record PromptCues(List<Long> starts, int blend) {
  public PromptCues {
    starts = List.copyOf(starts);
    check(!starts.isEmpty(), "give at least one prompt");
    check(starts.getFirst() == 0, "the first prompt sets in at frame 0, not " + starts.getFirst());
    check(blend >= 0, "a change of prompt takes 0 frames or more, not " + blend);
    for (int i = 1; i < starts.size(); i++) {
      long gap = starts.get(i) - starts.get(i - 1);
      check(
          gap >= 1,
          "prompts set in one after another: frame %s comes after frame %s"
              .formatted(starts.get(i), starts.get(i - 1)));
      check(
          gap >= blend && (i > 1 || starts.get(i) >= blend / 2),
          "the changes of prompt at frames %s and %s are nearer than the %s frames that each takes"
              .formatted(starts.get(i - 1), starts.get(i), blend));
    }
  }

  /** One prompt from beginning to end. */
  public static PromptCues single() {
    return new PromptCues(List.of(0L), 0);
  }

  /** P, how many prompts. */
  public int prompts() {
    return starts.size();
  }

  /** The first frame that has a part of prompt {@code index} (1 or more). */
  public long firstBlended(int index) {
    return starts.get(index) - blend / 2;
  }

  /** The part of the new prompt in frame m of a ramp of {@code length} frames: within (0, 1). */
  public static double ramp(int m, int length) {
    return (m + 1.0) / (length + 1);
  }

  /** The weights of all P prompts in the frames {@code first} to {@code first + frames - 1}. */
  public PromptTrack track(long first, int frames) {
    double[][] weight = new double[frames][prompts()];
    for (int i = 0; i < frames; i++) {
      long frame = first + i;
      weight[i][0] = 1;
      for (int p = 1; p < prompts() && frame >= firstBlended(p); p++) {
        long m = frame - firstBlended(p);
        double part = m >= blend ? 1 : ramp((int) m, blend);
        weight[i][p - 1] = 1 - part;
        weight[i][p] = part;
      }
    }
    return PromptTrack.of(weight);
  }

  private static void check(boolean right, String message) {
    if (!right) {
      throw new IllegalArgumentException(message);
    }
  }
}
