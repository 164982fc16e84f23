package io.zoetrope.diffusion.sampler;

import io.zoetrope.diffusion.NoiseLevel;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.torch.Ops;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Heun's second-order method on the probability-flow ODE (Karras et al. 2022, algorithm 1): an
 * Euler step, then the mean of the slopes at both its ends. Asks the denoiser twice a step. A frame
 * whose step ends without noise takes the Euler step alone, as the paper's last step does.
 *
 * @param path the coordinates of the ODE; empty for those that suit the schedule
 */
public record Heun(Optional<Path> path) implements Sampler {
  /** In the coordinates that suit the schedule. */
  public Heun() {
    this(Optional.empty());
  }

  @Override
  public Run begin(X0Denoiser denoiser, Noise noise) {
    Path k = path.orElseGet(() -> Path.of(denoiser.schedule()));
    return new Run(denoiser, noise) {
      @Override
      protected Tensor fall(Move move) {
        Tensor x0 = x0(move.z(), move.u_BF());
        Tensor euler = move.straight(x0);
        if (!move.from().any(move.to(), (t, s) -> corrects(k, t, s))) {
          return euler;
        }
        // Frames that do not fall stay where they are, so that the denoiser sees the real video.
        Tensor there = move.whereFalling(euler);
        Tensor x0There = x0(there, move.levelsAfter());
        // The whole step by the slope at its end: k_s (z/k_t + (r_s - r_t) (z' - k_s x0')/sigma_s)
        Tensor byEnd =
            move.z()
                .mul(move.coefficient((t, s) -> corrects(k, t, s) ? k.scale(s) / k.scale(t) : 0))
                .add(there.mul(move.coefficient((t, s) -> gain(k, t, s))))
                .sub(x0There.mul(move.coefficient((t, s) -> gain(k, t, s) * k.scale(s))));
        return torch.where(
            move.mask((t, s) -> corrects(k, t, s)), Ops.mul(euler.add(byEnd), 0.5), euler);
      }
    };
  }

  private static boolean corrects(Path k, NoiseLevel t, NoiseLevel s) {
    return s.u() < t.u() && s.u() > 0 && s.sigma() > 0 && k.scale(t) > 0;
  }

  private static double gain(Path k, NoiseLevel t, NoiseLevel s) {
    return corrects(k, t, s) ? k.scale(s) * (k.position(s) - k.position(t)) / s.sigma() : 0;
  }
}
