package io.zoetrope.train.method;

import io.zoetrope.data.toybox.Adherence;
import io.zoetrope.data.toybox.ToyboxAnalyser;
import io.zoetrope.data.toybox.ToyboxPrompts;
import io.zoetrope.eval.picture.Change;
import io.zoetrope.eval.picture.Flicker;
import io.zoetrope.media.Video;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * How samples move: a loss says nothing of it. Change is the root mean square between neighbouring
 * frames in [-1, 1]; of clips of the toy world whose captions have the canonical form also how many
 * move as asked.
 */
final class MotionFigures {
  private int clips;
  private double change;
  private double flicker;
  private int asked;
  private int right;

  /**
   * Counts a sample; single pictures do not count.
   *
   * @param video the same
   */
  void add(Tensor x_CFHW, Video video, String prompt) {
    if (x_CFHW.size(1) < 2) {
      return;
    }
    clips++;
    change += Arrays.stream(Change.steps(x_CFHW)).average().orElse(0);
    flicker += x_CFHW.size(1) < 3 ? 0 : Flicker.of(x_CFHW);
    Optional<ToyboxPrompts.Prompt> wanted = ToyboxPrompts.parse(prompt);
    if (wanted.isPresent()) {
      asked++;
      right += Adherence.of(ToyboxAnalyser.analyse(video), wanted.get()).motion() ? 1 : 0;
    }
  }

  /** All in a line; empty without clips. */
  Optional<String> line() {
    if (clips == 0) {
      return Optional.empty();
    }
    String line =
        String.format(Locale.ROOT, "change %.4f, flicker %.4f", change / clips, flicker / clips);
    return Optional.of(
        asked == 0 ? line : line + ", motion right in %s of %s".formatted(right, asked));
  }
}
