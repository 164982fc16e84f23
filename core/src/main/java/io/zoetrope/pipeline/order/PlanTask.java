package io.zoetrope.pipeline.order;

import io.zoetrope.diffusion.Course;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Plans;
import io.zoetrope.diffusion.PromptCues;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Fit;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.pipeline.cascade.Bridge;
import io.zoetrope.pipeline.schedule.Descent;
import io.zoetrope.pipeline.schedule.Samplers;
import io.zoetrope.pipeline.schedule.Sampling;
import io.zoetrope.pipeline.task.Travel.Turn;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Tasks that have a plan, by their names: drawn is the plan by which such a task samples. The last
 * two are no tasks: plans to be drawn and given to one.
 */
public enum PlanTask {
  generate("every frame falls from noise together") {
    @Override
    TimestepPlan draw(Shape shape, Descent descent, LatentGrid grid) {
      return GenerateSpec.usual().plan(descent, grid, shape.frames);
    }
  },
  animate("the first frame is given") {
    @Override
    TimestepPlan draw(Shape shape, Descent descent, LatentGrid grid) {
      requireFrames(shape, 2);
      return new AnimateSpec(ANY, Fit.CROP, 0, Course.WAIT, Optional.empty())
          .plan(descent, grid, shape.frames);
    }
  },
  interpolate("the first and the last frame are given") {
    @Override
    TimestepPlan draw(Shape shape, Descent descent, LatentGrid grid) {
      requireFrames(shape, 3);
      return new InterpolateSpec(ANY, ANY, Fit.CROP).plan(descent, grid, shape.frames);
    }
  },
  loop("one slightly noised picture at both ends; the last is dropped") {
    @Override
    TimestepPlan draw(Shape shape, Descent descent, LatentGrid grid) {
      requireFrames(shape, 2);
      return new LoopSpec(ANY, Fit.CROP, LoopSpec.USUAL_NOISE, Course.WAIT)
          .plan(descent, grid, shape.frames);
    }
  },
  extend("the last frames of the clip before are given") {
    @Override
    TimestepPlan draw(Shape shape, Descent descent, LatentGrid grid) {
      requireFrames(shape, shape.given + 1);
      return new ExtendSpec(ANY, Fit.CROP, 0, shape.join()).plan(descent, grid, shape.frames);
    }
  },
  restyle("a whole clip is given and starts below full noise") {
    @Override
    TimestepPlan draw(Shape shape, Descent descent, LatentGrid grid) {
      double strength = shape.strength.orElse(0.6);
      return new RestyleSpec(ANY, Fit.CROP, 0, strength, shape.join(), Optional.empty())
          .plan(descent, grid, shape.frames);
    }
  },
  refine("an enlarged clip is given and starts low") {
    @Override
    TimestepPlan draw(Shape shape, Descent descent, LatentGrid grid) {
      return new RefineSpec(
              Optional.of(ANY),
              Fit.CROP,
              0,
              Optional.empty(),
              shape.strength.or(() -> Optional.of(0.4)),
              Bridge.Where.PIXELS,
              Optional.empty(),
              shape.join())
          .plan(descent, grid, shape.frames);
    }
  },
  travel("shared frames start on a ramp, and the prompt changes over it") {
    @Override
    TimestepPlan draw(Shape shape, Descent descent, LatentGrid grid) {
      requireFrames(shape, shape.given + 1);
      PromptCues cues = new PromptCues(List.of(0L, (long) shape.frames), shape.given);
      return new TravelSpec(cues, Turn.BETWEEN_CLIPS, shape.join(), Optional.empty())
          .plan(descent, grid, shape.frames);
    }
  },
  roll("a window moves over a video without end") {
    @Override
    TimestepPlan draw(Shape shape, Descent descent, LatentGrid grid) {
      int window = Math.min(shape.window, shape.frames);
      return new RollSpec(PromptCues.single(), Optional.of(window), 0)
          .plan(descent, grid, shape.frames);
    }
  },
  pyramid("each frame starts some steps after the one before it") {
    @Override
    TimestepPlan draw(Shape shape, Descent descent, LatentGrid grid) {
      return Plans.pyramid(descent.levels(), shape.frames, shape.delay);
    }
  },
  resampling("noised again and again on the way down") {
    @Override
    TimestepPlan draw(Shape shape, Descent descent, LatentGrid grid) {
      return Plans.resampling(descent.levels(), shape.frames, shape.jump, 1);
    }
  };

  /** What is given is of no matter to a plan. */
  private static final SourceRef ANY = SourceRef.of(Path.of("any"));

  /** All of them, by name. */
  public static final List<String> NAMES = Arrays.stream(values()).map(PlanTask::name).toList();

  /** As all descents go that no model is at hand for. */
  private static final NoiseSchedule FLOW = NoiseSchedule.flow(1);

  private final String words;

  PlanTask(String words) {
    this.words = words;
  }

  /** What is special about it. */
  public String words() {
    return words;
  }

  /** By its name, in any case; empty if it has none of these. */
  public static Optional<PlanTask> tryParse(String name) {
    String wanted = name.toLowerCase(Locale.ROOT);
    return Arrays.stream(values()).filter(task -> task.name().equals(wanted)).findFirst();
  }

  /** How frames fall in so many steps by models that are trained here, for none is at hand. */
  public static Descent flow(int steps) {
    return new Descent(
        steps, count -> new Sampling(FLOW, Samplers.of("flow-euler"), FLOW.spacing(count)));
  }

  /**
   * How a plan is drawn.
   *
   * @param frames of it
   * @param given frames that a clip has of the one before: extend, travel
   * @param strength how much is forgotten of what is given: restyle, refine; empty for the usual
   * @param delay rows from frame to frame: pyramid
   * @param window frames in the window: roll
   * @param jump rows that are gone back: resampling
   */
  public record Shape(
      int frames, int given, Optional<Double> strength, int delay, int window, int jump) {
    private Join join() {
      return new Join(Optional.empty(), given);
    }
  }

  abstract TimestepPlan draw(Shape shape, Descent descent, LatentGrid grid);

  final void requireFrames(Shape shape, int fewest) {
    if (shape.frames < fewest) {
      throw new UserError(
          Fault.ORDER,
          "%s needs at least %s frames, not %s".formatted(this, fewest, shape.frames),
          "ask for more");
    }
  }

  /**
   * The plan.
   *
   * @throws UserError if there is none of that shape
   */
  public TimestepPlan plan(Shape shape, Descent descent, LatentGrid grid) {
    try {
      return draw(shape, descent, grid);
    } catch (IllegalArgumentException e) {
      throw new UserError(Fault.ORDER, "%s: %s".formatted(this, e.getMessage()), e);
    }
  }

  /** The plan for a model whose frames are latents. */
  public TimestepPlan plan(Shape shape, Descent descent) {
    return plan(shape, descent, LatentGrid.ofPictures(3, 1));
  }
}
