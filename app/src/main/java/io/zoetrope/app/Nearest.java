package io.zoetrope.app;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** What somebody may have meant. */
final class Nearest {
  /** What other programs call an option. */
  private static final Map<String, String> ELSEWHERE =
      Map.ofEntries(
          Map.entry("--cfg", "--guidance"),
          Map.entry("--cfg-scale", "--guidance"),
          Map.entry("--guidance-scale", "--guidance"),
          Map.entry("--negative-prompt", "--negative"),
          Map.entry("--num-frames", "--frames"),
          Map.entry("--length", "--frames"),
          Map.entry("--num-inference-steps", "--steps"),
          Map.entry("--width", "--size"),
          Map.entry("--height", "--size"),
          Map.entry("--resolution", "--size"),
          Map.entry("--scheduler", "--sampler"),
          Map.entry("--sampling-method", "--sampler"),
          Map.entry("--checkpoint", "--model"),
          Map.entry("--ckpt", "--model"),
          Map.entry("--output", "--out"),
          Map.entry("--denoising-strength", "--strength"),
          Map.entry("--ip-adapter-image", "--picture-prompt"),
          Map.entry("--image-prompt", "--picture-prompt"),
          Map.entry("--ipadapter", "--ip-adapter"),
          Map.entry("--ip-adapter-scale", "--picture-scale"),
          Map.entry("--ip-adapter-weight", "--picture-scale"),
          Map.entry("--clip-vision", "--image-encoder"),
          Map.entry("--textual-inversion", "--embedding"),
          Map.entry("--timestep-spacing", "--spacing"),
          Map.entry("--framerate", "--fps"));

  private Nearest() {}

  /**
   * What other programs' word means here, or at most two candidates that differ from the word by
   * few keystrokes or continue it.
   */
  static List<String> of(String word, Collection<String> candidates) {
    String meant = ELSEWHERE.getOrDefault(word, "");
    if (candidates.contains(meant)) {
      return List.of(meant);
    }
    int budget = Math.max(1, word.replace("-", "").length() / 3);
    return candidates.stream()
        .filter(c -> distance(word, c) <= budget || (word.length() > 3 && c.startsWith(word)))
        .sorted(Comparator.comparingInt((String c) -> distance(word, c)).thenComparing(c -> c))
        .limit(2)
        .toList();
  }

  /** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
  static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int replace = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(d[i - 1][j - 1] + replace, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
