package io.zoetrope.diffusion.sampler;

import io.zoetrope.diffusion.X0Denoiser;
import org.bytedeco.pytorch.Tensor;

/**
 * Euler's method along the straight path of rectified flow (Liu et al. 2022, "Flow Straight and
 * Fast", section 2.2): {@code z_s = z_t + (sigma_s - sigma_t) (eps - x0)}. A schedule that is not
 * straight is scaled by alpha + sigma, which makes it so.
 */
public record FlowEuler() implements Sampler {
  @Override
  public boolean straight() {
    return true;
  }

  @Override
  public Run begin(X0Denoiser denoiser, Noise noise) {
    return new Run(denoiser, noise) {
      @Override
      protected Tensor fall(Move move) {
        Tensor x0 = x0(move.z(), move.u_BF());
        Tensor velocity =
            move.mix((t, s) -> 1 / t.sigma(), x0, (t, s) -> -Path.FLOW.scale(t) / t.sigma());
        Tensor y =
            move.z()
                .mul(move.coefficient((t, s) -> 1 / Path.FLOW.scale(t)))
                .add(
                    velocity.mul(
                        move.coefficient((t, s) -> Path.FLOW.position(s) - Path.FLOW.position(t))));
        return y.mul(move.coefficient((t, s) -> Path.FLOW.scale(s)));
      }
    };
  }
}
