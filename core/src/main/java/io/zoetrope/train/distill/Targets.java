package io.zoetrope.train.distill;

import io.zoetrope.diffusion.Levels;
import io.zoetrope.diffusion.NoiseLevel;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.guidance.PromptBlend;
import io.zoetrope.diffusion.sampler.Ddim;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.diffusion.sampler.Sampler;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.objective.LossError;
import io.zoetrope.train.objective.Target;
import org.bytedeco.pytorch.Tensor;

/**
 * What students should say. Frames at level 0 are given: they are left as they are, and nothing is
 * divided by their noise.
 */
final class Targets {
  private Targets() {}

  /** The teacher's guided answer. */
  static Target guidance(X0Denoiser teacher, Prediction prediction) {
    return noisy -> {
      Levels u = noisy.levels();
      Tensor x0 = teacher.x0(noisy.z_BCFHW(), u.u_BF(), noisy.conditioning());
      return said(x0, noisy.z_BCFHW(), u, prediction);
    };
  }

  /**
   * The x0 with which one straight step does what so many of the teacher's do: {@code x0 = (z_s -
   * (sigma_s / sigma_u) z_u) / (alpha_s - (sigma_s / sigma_u) alpha_u)} (Salimans and Ho 2022,
   * appendix G). Of rectified flow it is the mean velocity of the way.
   */
  static Target progressive(
      X0Denoiser teacher, Prediction prediction, int levels, int teacherSteps) {
    return noisy -> {
      Levels u = noisy.levels();
      Tensor z = noisy.z_BCFHW();
      Levels s = further(u, 1.0 / levels, teacher.schedule(), z);
      Tensor end = walked(teacher, noisy, levels, teacherSteps);
      Tensor a = u.coefficient(s, (from, to) -> share(from, to, 1), z);
      Tensor b = u.coefficient(s, (from, to) -> share(from, to, -to.sigma() / from.sigma()), z);
      return said(end.mul(a).add(z.mul(b)), z, u, prediction);
    };
  }

  /** A part of the way over the whole of it; 0 where there is none. */
  private static double share(NoiseLevel from, NoiseLevel to, double part) {
    return to.u() < from.u() ? part / (to.alpha() - from.alpha() * to.sigma() / from.sigma()) : 0;
  }

  /**
   * The student's own end of the path, from one of the teacher's steps further down; the clean
   * video itself at level 0.
   *
   * @param c of the error of x0, {@code sqrt(d^2 + c^2) - c}
   */
  static Target consistency(Way.Pair pair, int levels, double c) {
    return new Target() {
      @Override
      public Tensor of(Noisy noisy) {
        Levels u = noisy.levels();
        Tensor z = noisy.z_BCFHW();
        Levels s = further(u, 1.0 / levels, pair.teacher().schedule(), z);
        Tensor down = walked(pair.teacher(), noisy, levels, 1);
        Tensor said = pair.student().x0(down, s.u_BF(), noisy.conditioning());
        Tensor ended = s.coefficient(level -> level.u() == 0 ? 1 : 0, z);
        Tensor x0 = said.add(down.sub(said).mul(ended));
        return said(x0, z, u, pair.prediction());
      }

      @Override
      public Tensor error(Tensor difference_BCFHW, Levels levels, LossError usual) {
        Tensor d =
            difference_BCFHW.mul(
                levels.coefficient(
                    level -> pair.prediction().x0(level).second(), difference_BCFHW));
        return Ops.add(Ops.add(d.square(), c * c).sqrt(), -c);
      }
    };
  }

  /** An x0 as the network would have said it. */
  private static Tensor said(Tensor x0, Tensor z, Levels u, Prediction prediction) {
    Tensor ofZ = u.coefficient(l -> l.u() == 0 ? 0 : 1 / l.sigma(), z);
    Tensor ofX0 = u.coefficient(l -> l.u() == 0 ? 0 : -l.alpha() / l.sigma(), z);
    return prediction.from(x0, z.mul(ofZ).add(x0.mul(ofX0)), u);
  }

  /** The noisy video after the teacher's steps, which go together one student's step down. */
  private static Tensor walked(X0Denoiser teacher, Target.Noisy noisy, int levels, int steps) {
    X0Denoiser told = PromptBlend.of(teacher, noisy.conditioning());
    Noise none = Noise.of(new RandomStreams(0), Math.toIntExact(noisy.z_BCFHW().size(0)));
    Tensor z = noisy.z_BCFHW();
    try (Sampler.Run run = new Ddim().begin(told, none)) {
      Levels at = noisy.levels();
      for (int j = 1; j <= steps; j++) {
        double way = (double) j / (steps * (double) levels);
        Levels next = further(noisy.levels(), way, teacher.schedule(), z);
        z = run.step(z, at.u_BF(), next.u_BF());
        at = next;
      }
    }
    return z;
  }

  /** Levels of frames that have gone down so far; those at 0 stay. */
  private static Levels further(Levels from, double way, NoiseSchedule schedule, Tensor z) {
    double[] u = Tensors.toDoubles(from.u_BF());
    for (int i = 0; i < u.length; i++) {
      double down = u[i] - way;
      u[i] = down < 1e-9 ? 0 : down;
    }
    return schedule.levels(Tensors.of(u, from.batch(), from.frames()), z);
  }
}
