package io.zoetrope.train.method;

import io.zoetrope.record.Default;
import io.zoetrope.record.Limits;
import io.zoetrope.train.Objective;
import io.zoetrope.train.Pass;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One term of a loss.
 *
 * @param name before its figures in the log
 * @param frames whole cuts, or one frame of each
 * @param weight of it
 * @param share of the micro-batches in which it is made
 * @param debias above 0 adds the same error of frames less so much of one of them: what they share,
 *     which is the look, counts little there (MotionDirector's term, beta)
 * @param scales how strongly parts act meanwhile; those not named act wholly
 * @param learn parts that learn from it; none named for all
 * @param from which clips: those of {@code data}, or those of the {@code prior}
 */
record PassBlock(
    String name,
    @Default("cut") Frames frames,
    @Default("1.0") double weight,
    @Default("1.0") double share,
    @Default("0.0") double debias,
    @Default("{}") Map<String, Double> scales,
    @Default("[]") List<String> learn,
    @Default("instance") From from) {
  /** Clips that a pass is over. */
  enum From {
    INSTANCE,
    CLASS
  }

  /** Which frames of a cut. */
  enum Frames {
    CUT,
    ONE
  }

  public PassBlock {
    scales = Map.copyOf(scales);
    learn = List.copyOf(learn);
    Pass.requireNumbers(weight, share);
    Limits.USUAL.real("debias", 0, 100, debias);
  }

  Pass of(Objective objective) {
    return new Pass(name, objective, weight, share, scales, Set.copyOf(learn));
  }
}
