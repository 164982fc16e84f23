package io.zoetrope.diffusion.sampler;

import io.zoetrope.diffusion.NoiseLevel;
import io.zoetrope.diffusion.X0Denoiser;
import org.bytedeco.pytorch.Tensor;

/**
 * Ancestral sampling with the variance between its two bounds (Ho et al. 2022, "Video Diffusion
 * Models", section 2): with {@code r = e^(l_t - l_s)}, {@code z_s = r (alpha_s / alpha_t) z_t + (1
 * - r) alpha_s x0 + sqrt(low^(1 - gamma) high^gamma) noise}, where {@code low = (1 - r) sigma_s^2}
 * and {@code high = (1 - r) sigma_t^2}. The step that ends at level 0 returns the mean.
 *
 * @param gamma from 0, the lower bound, to 1, the upper bound
 */
public record Ancestral(double gamma) implements Sampler {
  /** What the step that ends at level 0 returns, where some noise is left there. */
  public enum End {
    /** The mean. */
    MEAN,

    /** With fresh noise, as each step before. */
    NOISE
  }

  public Ancestral {
    if (!(gamma >= 0 && gamma <= 1)) {
      throw new IllegalArgumentException("gamma lies in [0, 1]; " + gamma + " does not");
    }
  }

  /** With the paper's gamma for v-prediction, 0. */
  public Ancestral() {
    this(0);
  }

  @Override
  public Run begin(X0Denoiser denoiser, Noise noise) {
    return new Run(denoiser, noise) {
      @Override
      protected Tensor fall(Move move) {
        return Ancestral.this.step(move, x0(move.z(), move.u_BF()), noise, End.MEAN);
      }
    };
  }

  /** The step with this x0; what it says of frames that do not fall is meaningless. */
  Tensor step(Move move, Tensor x0, Noise noise, End end) {
    // r alpha_s / alpha_t, written without a division by alpha_t, which may be 0.
    Tensor mean =
        move.mix(
            (t, s) -> t.alpha() * square(s.sigma() / t.sigma()) / s.alpha(),
            x0,
            (t, s) -> Transition.newNoise(t, s) * s.alpha());
    return mean.add(
        noise
            .normal("ancestral", move.step(), mean)
            .mul(move.coefficient((t, s) -> deviation(t, s, end))));
  }

  private double deviation(NoiseLevel t, NoiseLevel s, End end) {
    return s.sigma() == 0 || (s.u() == 0 && end == End.MEAN)
        ? 0
        : Math.sqrt(Transition.newNoise(t, s))
            * Math.pow(s.sigma(), 1 - gamma)
            * Math.pow(t.sigma(), gamma);
  }

  private static double square(double x) {
    return x * x;
  }
}
