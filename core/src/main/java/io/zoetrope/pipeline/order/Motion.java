package io.zoetrope.pipeline.order;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.MotionStrength;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.family.Ability;
import io.zoetrope.record.Default;
import java.util.List;

/**
 * How much motion modules count ({@link MotionStrength}); each number is for a frame, and the last
 * for all after it.
 *
 * @param scale of what their attention over frames adds, -10 to 10; empty is 1
 * @param effect of all that they add, -10 to 10: 0 is the image model; empty is 1
 */
public record Motion(@Default("[]") List<Double> scale, @Default("[]") List<Double> effect) {
  private static final double LARGEST = 10;

  public Motion {
    scale = List.copyOf(scale);
    effect = List.copyOf(effect);
    scale.forEach(value -> Checks.real("scale", -LARGEST, LARGEST, value));
    effect.forEach(value -> Checks.real("effect", -LARGEST, LARGEST, value));
  }

  /**
   * An engine whose motion modules count so.
   *
   * @throws UserError if its model has none
   */
  Engine over(Engine engine) {
    if (!engine.model().can(Ability.WINDOWED_ATTENTION)) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "motion scale and effect are for models with AnimateDiff's motion modules",
          "leave them out");
    }
    Conditioning told = Conditioning.none();
    if (!scale.isEmpty()) {
      told = told.with(MotionStrength.SCALE, MotionStrength.entry(scale, Wish.MOST_FRAMES));
    }
    if (!effect.isEmpty()) {
      told = told.with(MotionStrength.EFFECT, MotionStrength.entry(effect, Wish.MOST_FRAMES));
    }
    return engine.withTold(told);
  }
}
