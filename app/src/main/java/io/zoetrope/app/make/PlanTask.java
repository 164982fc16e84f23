package io.zoetrope.app.make;

import io.zoetrope.app.cli.UsageError;
import io.zoetrope.diffusion.Plans;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.pipeline.task.Loop;
import java.util.function.IntFunction;

/** Tasks that have a plan, by the command that runs them. */
enum PlanTask {
  generate("every frame falls from noise together"),
  animate("the first frame is given"),
  interpolate("the first and the last frame are given"),
  loop("one slightly noised picture at both ends; the last is dropped"),
  extend("the last frames of the clip before are given"),
  restyle("a whole clip is given and starts below full noise"),
  refine("an enlarged clip is given and starts low"),
  travel("shared frames start on a ramp, and the prompt changes over it"),
  roll("a window moves over a video without end"),
  pyramid("each frame starts some steps after the one before it"),
  resampling("noised again and again on the way down");

  /** What is special about it. */
  final String words;

  PlanTask(String words) {
    this.words = words;
  }

  /** How a plan is drawn: see the options of {@code zoetrope plan}. */
  record Shape(
      int frames, int steps, int given, double strength, int delay, int window, int jump) {}

  /** Fewest frames that the task makes sense with. */
  private int fewest(Shape shape) {
    return switch (this) {
      case generate, restyle, refine, pyramid, roll, resampling -> 1;
      case animate, loop -> 2;
      case interpolate -> 3;
      case extend, travel -> shape.given + 1;
    };
  }

  /**
   * The plan.
   *
   * @param spacing so many steps -> levels from 1 to 0
   */
  TimestepPlan plan(Shape shape, IntFunction<double[]> spacing) {
    int frames = shape.frames;
    if (frames < fewest(shape)) {
      throw new UsageError(
          "%s needs at least %d frames, not %d: raise --frames"
              .formatted(this, fewest(shape), frames));
    }
    double[] levels = spacing.apply(shape.steps);
    try {
      return switch (this) {
        case generate -> Plans.textToVideo(levels, frames);
        case animate -> Plans.animate(levels, frames);
        case interpolate -> Plans.interpolate(levels, frames);
        case loop -> Plans.loop(levels, frames, Loop.USUAL_LEVEL);
        case extend -> Plans.extend(levels, frames, shape.given);
        case restyle, refine -> Plans.restyle(levels, frames, shape.strength);
        case travel -> Plans.softBoundary(levels, frames, shape.given);
        case roll -> {
          int window = Math.min(shape.window, frames);
          int steps = window * Plans.stepsPerFrame(window, shape.steps);
          yield Plans.roll(spacing.apply(steps), frames, window);
        }
        case pyramid -> Plans.pyramid(levels, frames, shape.delay);
        case resampling -> Plans.resampling(levels, frames, shape.jump, 1);
      };
    } catch (IllegalArgumentException e) {
      throw new UsageError("%s: %s".formatted(this, e.getMessage()));
    }
  }
}
