package io.zoetrope.diffusion.sampler;

import io.zoetrope.diffusion.NoiseLevel;
import io.zoetrope.diffusion.Threshold;
import io.zoetrope.diffusion.X0Denoiser;
import org.bytedeco.pytorch.Tensor;

/**
 * Ancestral sampling with the lower variance (Ho et al., "DDPM", 2020, equation 7) by the
 * arithmetic of diffusers' {@code UnCLIPScheduler}: what is left of the noisy video goes through
 * {@code 1 - beta} in f32, which is 0 for the long first steps of squared-cosine betas. Otherwise
 * {@link Ancestral} of gamma 0.
 *
 * @param threshold that each estimate of x0 is held in
 */
public record Unclip(Threshold threshold) implements Sampler {
  /** Without a threshold. */
  public Unclip() {
    this(Threshold.NONE);
  }

  @Override
  public Run begin(X0Denoiser denoiser, Noise noise) {
    return new Run(denoiser, noise) {
      @Override
      protected Tensor fall(Move move) {
        Tensor x0 = threshold.apply(x0(move.z(), move.u_BF()));
        Tensor mean =
            move.mix(
                (t, s) -> Math.sqrt(left(t, s)) * quotient(t, s),
                x0,
                (t, s) -> s.alpha() * (1 - left(t, s) * quotient(t, s)));
        return mean.add(
            noise.normal("unclip", move.step(), mean).mul(move.coefficient(Unclip::deviation)));
      }
    };
  }

  /** {@code 1 - beta} of the whole step, as f32 has it. */
  private static double left(NoiseLevel t, NoiseLevel s) {
    double ratio = t.alpha() / s.alpha();
    return 1f - (1f - (float) (ratio * ratio));
  }

  private static double quotient(NoiseLevel t, NoiseLevel s) {
    double ratio = s.sigma() / t.sigma();
    return ratio * ratio;
  }

  private static double deviation(NoiseLevel t, NoiseLevel s) {
    return s.sigma() == 0 || s.u() == 0 ? 0 : Math.sqrt(Transition.newNoise(t, s)) * s.sigma();
  }
}
