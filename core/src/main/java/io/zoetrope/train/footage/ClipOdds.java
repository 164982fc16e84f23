package io.zoetrope.train.footage;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * How often each clip is drawn. What is rare in a data set, or slow to learn, may be drawn more
 * often than it occurs.
 */
public final class ClipOdds {
  /**
   * Clips to draw more often, or less.
   *
   * @param caption regular expression; found anywhere in the caption
   * @param times as often as others; above 0. Factors of several that match multiply
   */
  public record Emphasis(String caption, double times) {
    public Emphasis {
      if (!(times > 0 && times <= 1000)) {
        throw new UserError(Fault.INVALID, "times must be above 0 and at most 1000, is " + times);
      }
      try {
        Pattern.compile(caption);
      } catch (PatternSyntaxException e) {
        throw new UserError(
            Fault.INVALID,
            "'%s' is no regular expression: %s".formatted(caption, e.getDescription()),
            e);
      }
    }
  }

  /** Sums of the weights of clips 0 to i; empty where all are drawn alike. */
  private final double[] sums;

  private final int count;

  private ClipOdds(int count, double[] sums) {
    this.count = count;
    this.sums = sums;
  }

  /** All alike. */
  static ClipOdds even(int count) {
    return new ClipOdds(count, new double[0]);
  }

  /**
   * By what captions say.
   *
   * @throws UserError if an emphasis matches no caption
   */
  static ClipOdds of(List<String> captions, List<Emphasis> emphases) {
    if (emphases.isEmpty()) {
      return even(captions.size());
    }
    double[] weights = new double[captions.size()];
    Arrays.fill(weights, 1);
    for (Emphasis emphasis : emphases) {
      Pattern pattern = Pattern.compile(emphasis.caption());
      boolean found = false;
      for (int i = 0; i < weights.length; i++) {
        if (pattern.matcher(captions.get(i)).find()) {
          weights[i] *= emphasis.times();
          found = true;
        }
      }
      if (!found) {
        throw new UserError(
            Fault.NOT_FOUND, "emphasis: no caption has '" + emphasis.caption() + "'");
      }
    }
    Arrays.parallelPrefix(weights, Double::sum);
    return new ClipOdds(captions.size(), weights);
  }

  /** The number of a clip. */
  public int draw(SplittableRandom random) {
    if (sums.length == 0) {
      return random.nextInt(count);
    }
    int at = Arrays.binarySearch(sums, random.nextDouble() * sums[count - 1]);
    // Clip i owns [sums[i - 1], sums[i]).
    return Math.min(count - 1, at >= 0 ? at + 1 : -at - 1);
  }
}
