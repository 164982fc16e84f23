package io.zoetrope.diffusion.sampler;

import io.zoetrope.diffusion.X0Denoiser;
import org.bytedeco.pytorch.Tensor;

/**
 * Euler's method on the probability-flow ODE over sigma / alpha (Karras et al. 2022, algorithm 1
 * without its correction), other schedules by scaling with alpha: {@code z_s / alpha_s = z_t /
 * alpha_t + (sigma_s / alpha_s - sigma_t / alpha_t) eps}. Both x0 and eps stand still during the
 * step, so it is DDIM with eta 0 in other words, and written so that alpha may be 0.
 */
public record Euler() implements Sampler {
  @Override
  public boolean straight() {
    return true;
  }

  @Override
  public Run begin(X0Denoiser denoiser, Noise noise) {
    return new Run(denoiser, noise) {
      @Override
      protected Tensor fall(Move move) {
        // alpha_s (z/alpha_t + (sigma_s/alpha_s - sigma_t/alpha_t) (z - alpha_t x0)/sigma_t)
        return move.straight(x0(move.z(), move.u_BF()));
      }
    };
  }
}
