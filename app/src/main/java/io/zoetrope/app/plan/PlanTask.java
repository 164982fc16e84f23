package io.zoetrope.app.plan;

import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.diffusion.Plans;
import io.zoetrope.diffusion.PromptCues;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Fit;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.pipeline.cascade.Bridge;
import io.zoetrope.pipeline.order.AnimateSpec;
import io.zoetrope.pipeline.order.ExtendSpec;
import io.zoetrope.pipeline.order.GenerateSpec;
import io.zoetrope.pipeline.order.InterpolateSpec;
import io.zoetrope.pipeline.order.Join;
import io.zoetrope.pipeline.order.LoopSpec;
import io.zoetrope.pipeline.order.RefineSpec;
import io.zoetrope.pipeline.order.RestyleSpec;
import io.zoetrope.pipeline.order.RollSpec;
import io.zoetrope.pipeline.order.SourceRef;
import io.zoetrope.pipeline.order.TravelSpec;
import io.zoetrope.pipeline.schedule.Descent;
import io.zoetrope.pipeline.task.Travel.Turn;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Tasks that have a plan, by the command that runs them: drawn is the plan by which that command
 * samples. The last two are plans for {@code --plan}.
 */
enum PlanTask {
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
      return new AnimateSpec(ANY, Fit.CROP, 0, Optional.empty()).plan(descent, grid, shape.frames);
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
      return new LoopSpec(ANY, Fit.CROP, LoopSpec.USUAL_NOISE).plan(descent, grid, shape.frames);
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

  /** What is special about it. */
  final String words;

  PlanTask(String words) {
    this.words = words;
  }

  /** How a plan is drawn: see the options of {@code zoetrope plan}. */
  record Shape(int frames, int given, Optional<Double> strength, int delay, int window, int jump) {
    private Join join() {
      return new Join(Optional.empty(), given);
    }
  }

  abstract TimestepPlan draw(Shape shape, Descent descent, LatentGrid grid);

  final void requireFrames(Shape shape, int fewest) {
    if (shape.frames < fewest) {
      throw new UsageError(
          "%s needs at least %s frames, not %s: raise --frames"
              .formatted(this, fewest, shape.frames));
    }
  }

  /** The plan. */
  TimestepPlan plan(Shape shape, Descent descent, LatentGrid grid) {
    try {
      return draw(shape, descent, grid);
    } catch (IllegalArgumentException | UserError e) {
      throw new UsageError("%s: %s".formatted(this, e.getMessage()));
    }
  }
}
