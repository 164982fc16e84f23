package io.zoetrope.train.distill;

import io.zoetrope.diffusion.LossWeight;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.TimestepSampler;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.sampler.FlowEuler;
import io.zoetrope.diffusion.sampler.Lcm;
import io.zoetrope.diffusion.sampler.Sampler;
import io.zoetrope.record.Default;
import io.zoetrope.record.Limits;
import io.zoetrope.train.objective.Target;
import java.util.OptionalInt;

/** What a student is to learn from its teacher. */
public sealed interface Way {
  /**
   * What it is about.
   *
   * @param teacher whose guidance is told it, as the student's is
   * @param student as it is now; asked without gradients
   * @param prediction of both
   */
  record Pair(X0Denoiser teacher, X0Denoiser student, Prediction prediction) {}

  /** What the student should say. */
  Target target(Pair pair);

  /** The levels at which it is asked. */
  TimestepSampler.Density density();

  /** How many levels its teacher must know, where that knows only some; empty for all. */
  default OptionalInt teacherLevels() {
    return OptionalInt.empty();
  }

  /** How much an error counts at its level, where a recipe says nothing. */
  default LossWeight weight(Prediction prediction) {
    // An error of velocity at pure noise is one of x0, of eps it is none.
    return prediction.equals(Prediction.FLOW)
        ? new LossWeight.Constant()
        : new LossWeight.TruncatedSnr();
  }

  /** Steps of the samples that are made while it learns. */
  int shown();

  /** The sampler that makes them. */
  default Sampler sampler() {
    return new FlowEuler();
  }

  /**
   * The teacher's guidance, in one pass in place of two, at every level (Meng et al. 2023, section
   * 3.1).
   *
   * @param density of levels
   */
  record Guidance(@Default("{kind: logit-normal}") TimestepSampler.Density density) implements Way {
    @Override
    public Target target(Pair pair) {
      return Targets.guidance(pair.teacher, pair.prediction);
    }

    @Override
    public int shown() {
      return 20;
    }
  }

  /**
   * Several steps of the teacher as one (Salimans and Ho 2022, "Progressive Distillation for Fast
   * Sampling of Diffusion Models", algorithm 2).
   *
   * @param steps N of the student: it goes from i / N to (i - 1) / N
   * @param teacherSteps of the teacher for each of those; 2 in the paper
   */
  record Progressive(int steps, @Default("2") int teacherSteps) implements Way {
    public Progressive {
      Limits.USUAL.whole("steps", 1, 512, steps);
      Limits.USUAL.whole("teacherSteps", 1, 64, teacherSteps);
    }

    @Override
    public Target target(Pair pair) {
      return Targets.progressive(pair.teacher, pair.prediction, steps, teacherSteps);
    }

    @Override
    public TimestepSampler.Density density() {
      return new TimestepSampler.Grid(steps);
    }

    @Override
    public OptionalInt teacherLevels() {
      return OptionalInt.of(steps * teacherSteps);
    }

    @Override
    public int shown() {
      return steps;
    }
  }

  /**
   * Where the path ends, from each of its levels alike (Luo et al. 2023, "Latent Consistency
   * Models", section 4): the student's own answer one of the teacher's steps further down is what
   * it should have said.
   *
   * @param grid how many levels there are
   * @param huber c of the error {@code sqrt(d^2 + c^2) - c}
   * @param steps of the samples that are made while it learns
   */
  record Consistency(
      @Default("50") int grid, @Default("0.001") double huber, @Default("4") int steps)
      implements Way {
    public Consistency {
      Limits.USUAL.whole("grid", 2, 1000, grid);
      Limits.USUAL.real("huber", 1e-6, 1, huber);
      Limits.USUAL.whole("steps", 1, grid, steps);
    }

    @Override
    public Target target(Pair pair) {
      return Targets.consistency(pair, grid, huber);
    }

    @Override
    public TimestepSampler.Density density() {
      return new TimestepSampler.Grid(grid);
    }

    /** Its error is one of x0, the same at every level. */
    @Override
    public LossWeight weight(Prediction prediction) {
      return new LossWeight.Constant();
    }

    @Override
    public int shown() {
      return steps;
    }

    @Override
    public Sampler sampler() {
      return new Lcm();
    }
  }
}
