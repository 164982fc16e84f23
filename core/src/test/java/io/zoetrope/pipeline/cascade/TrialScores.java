package io.zoetrope.pipeline.cascade;

import io.zoetrope.data.toybox.Adherence;
import io.zoetrope.data.toybox.ToyboxAnalyser;
import io.zoetrope.data.toybox.ToyboxPrompts.Prompt;
import io.zoetrope.eval.AdherenceRates;
import io.zoetrope.eval.Spread;
import io.zoetrope.eval.features.VideoFeatures;
import io.zoetrope.eval.suite.PromptFrechet;
import io.zoetrope.media.Video;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** How the videos of one condition of a trial keep to their prompts, and how real they look. */
final class TrialScores {
  /** Rendered clips of the distance are none that a trial begins with. */
  private static final long OTHERS = 1_000_003;

  private final PromptFrechet frechet;
  private final List<Adherence> looks = new ArrayList<>();

  /**
   * @param seed of the trial's clips
   */
  TrialScores(VideoFeatures features, long seed) {
    frechet = new PromptFrechet(features, seed + OTHERS);
  }

  /** Adds a video of at least two frames. */
  void add(Prompt prompt, Video video) {
    looks.add(Adherence.of(ToyboxAnalyser.analyse(video), prompt));
    frechet.add(prompt, video);
  }

  AdherenceRates rates() {
    return AdherenceRates.of(looks);
  }

  /** Between these videos and as many rendered ones: compare equal numbers only. */
  double frechet() {
    return frechet.distance().distance();
  }

  /** A mean and its standard error, no more. */
  static String brief(Collection<Double> numbers) {
    Spread spread = Spread.of(numbers);
    return String.format(Locale.ROOT, "%.4f +- %.4f", spread.mean(), spread.error());
  }

  /** Shares with their intervals. */
  static String line(AdherenceRates rates) {
    return "colour %s, shape %s, motion %s"
        .formatted(rates.colour(), rates.shape(), rates.motion());
  }
}
