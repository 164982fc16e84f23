package io.zoetrope.diffusion.sampler;

import io.zoetrope.diffusion.Levels;
import io.zoetrope.diffusion.NoiseLevel;
import io.zoetrope.diffusion.X0Denoiser;
import org.bytedeco.pytorch.Tensor;

/**
 * Ancestral steps, each followed by Langevin corrections at the level it reached (Ho et al. 2022,
 * "Video Diffusion Models", section 2, after Song et al. 2021): {@code z <- z - delta / 2 sigma_s
 * eps(z) + sqrt(delta) sigma_s noise}. A correction moves z towards the marginal of its level,
 * which it would keep exactly if delta were small; at delta 0.1 the deviation of pure noise would
 * settle 1.3 % too large, which the steps that follow take away.
 *
 * <p>Frame by frame: only frames that fell in this step, and not to level 0, are corrected.
 *
 * <p>Each correction asks the denoiser once more. A plan of N steps in which all frames fall
 * together to 0 asks it {@code N + corrections (N - 1)} times; compare it at equal calls, that is
 * with about {@code 1 + corrections} times fewer steps.
 *
 * @param gamma of the ancestral step, from 0 to 1; see {@link Ancestral}
 * @param corrections after each step, at least 0; with 0 this is {@link Ancestral} to the bit
 * @param delta size of a correction, above 0 and at most 1; the paper uses 0.1
 */
public record PredictorCorrector(double gamma, int corrections, double delta) implements Sampler {
  public PredictorCorrector {
    new Ancestral(gamma);
    if (corrections < 0) {
      throw new IllegalArgumentException("corrections are at least 0, not " + corrections);
    }
    if (!(delta > 0 && delta <= 1)) {
      throw new IllegalArgumentException("delta lies in (0, 1]; " + delta + " does not");
    }
  }

  /** As in the paper: one correction of size 0.1. */
  public PredictorCorrector(double gamma) {
    this(gamma, 1, 0.1);
  }

  @Override
  public Run begin(X0Denoiser denoiser, Noise noise) {
    Ancestral predictor = new Ancestral(gamma);
    return new Run(denoiser, noise) {
      @Override
      protected Tensor fall(Move move) {
        Tensor z = predictor.step(move, x0(move.z(), move.u_BF()), noise, Ancestral.End.MEAN);
        if (!move.from().any(move.to(), PredictorCorrector::corrects)) {
          return z;
        }
        Tensor s_BF = move.levelsAfter();
        for (int i = 0; i < corrections; i++) {
          // Frames that do not fall stay where they are, so that the denoiser sees the real video.
          Tensor there = move.whereFalling(z);
          z = correct(move, there, x0(there, s_BF), noise.normal("langevin " + i, move.step(), z));
        }
        return z;
      }
    };
  }

  /** With {@code sigma eps = z - alpha x0} nothing divides by sigma. */
  private Tensor correct(Move move, Tensor z, Tensor x0, Tensor fresh) {
    Levels s = move.to();
    Tensor pull = z.sub(x0.mul(s.coefficient(NoiseLevel::alpha, z)));
    Tensor share = move.coefficient((a, b) -> corrects(a, b) ? -0.5 * delta : 0);
    Tensor spread = move.coefficient((a, b) -> corrects(a, b) ? Math.sqrt(delta) * b.sigma() : 0);
    return z.add(pull.mul(share)).add(fresh.mul(spread));
  }

  private static boolean corrects(NoiseLevel t, NoiseLevel s) {
    return s.u() < t.u() && s.u() > 0;
  }
}
