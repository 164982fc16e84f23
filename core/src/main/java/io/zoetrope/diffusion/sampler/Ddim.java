package io.zoetrope.diffusion.sampler;

import io.zoetrope.diffusion.NoiseLevel;
import io.zoetrope.diffusion.Threshold;
import io.zoetrope.diffusion.X0Denoiser;
import org.bytedeco.pytorch.Tensor;

/**
 * DDIM (Song et al. 2021, "Denoising Diffusion Implicit Models", equations 12 and 16), for any
 * alpha and sigma: {@code z_s = alpha_s x0 + sqrt(sigma_s^2 - c^2) eps + c noise} with {@code c =
 * eta sigma_s sqrt(1 - e^(l_t - l_s))}.
 *
 * @param eta 0 is deterministic, 1 has the variance of ancestral sampling with gamma 0
 * @param threshold of x0; eps is that of the estimate before it, as in the public reference
 */
public record Ddim(double eta, Threshold threshold) implements Sampler {
  public Ddim {
    if (!(eta >= 0 && eta <= 1)) {
      throw new IllegalArgumentException("eta lies in [0, 1]; " + eta + " does not");
    }
  }

  /** Without a threshold. */
  public Ddim(double eta) {
    this(eta, Threshold.NONE);
  }

  /** Deterministic. */
  public Ddim() {
    this(0);
  }

  @Override
  public boolean straight() {
    return eta == 0 && threshold.equals(Threshold.NONE);
  }

  @Override
  public Run begin(X0Denoiser denoiser, Noise noise) {
    return new Run(denoiser, noise) {
      @Override
      protected Tensor fall(Move move) {
        Tensor z = mean(move, x0(move.z(), move.u_BF()));
        return eta == 0
            ? z
            : z.add(noise.normal("ddim", move.step(), z).mul(move.coefficient(Ddim.this::fresh)));
      }
    };
  }

  private Tensor mean(Move move, Tensor x0) {
    if (threshold.equals(Threshold.NONE)) {
      return move.mix(
          (t, s) -> epsScale(t, s) / t.sigma(),
          x0,
          (t, s) -> s.alpha() - t.alpha() * epsScale(t, s) / t.sigma());
    }
    Tensor direction =
        move.mix(
            (t, s) -> epsScale(t, s) / t.sigma(),
            x0,
            (t, s) -> -t.alpha() * epsScale(t, s) / t.sigma());
    return direction.add(threshold.apply(x0).mul(move.coefficient((t, s) -> s.alpha())));
  }

  private double epsScale(NoiseLevel t, NoiseLevel s) {
    double c = fresh(t, s);
    return Math.sqrt(Math.max(0, s.sigma() * s.sigma() - c * c));
  }

  private double fresh(NoiseLevel t, NoiseLevel s) {
    return eta * s.sigma() * Math.sqrt(Transition.newNoise(t, s));
  }
}
