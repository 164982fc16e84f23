package io.zoetrope.diffusion.sampler;

import io.zoetrope.diffusion.KarrasSchedule;
import io.zoetrope.diffusion.Levels;
import io.zoetrope.diffusion.NoiseLevel;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.SampledSchedule;
import io.zoetrope.diffusion.Threshold;
import io.zoetrope.diffusion.X0Denoiser;
import org.bytedeco.pytorch.Tensor;

/**
 * Multistep sampling of a consistency model (Song et al. 2023, "Consistency Models", algorithm 1;
 * Luo et al. 2023, "Latent Consistency Models", section 4.3): the network goes to the end of the
 * path in one step, {@code f = c_skip z + c_out x0}, and what it says is noised to the next level.
 * The boundary condition f = z at timestep 0 is kept by {@code c_skip = d^2 / (k^2 + d^2)} and
 * {@code c_out = k / sqrt(k^2 + d^2)}, with k the timestep times {@code timestepScaling} and d =
 * 0.5.
 *
 * @param timestepScaling above 0; diffusers takes 10
 * @param threshold of x0
 */
public record Lcm(double timestepScaling, Threshold threshold) implements Sampler {
  /** Standard deviation of the data, as the paper has it. */
  private static final double SIGMA_DATA = 0.5;

  public Lcm {
    if (!(timestepScaling > 0)) {
      throw new IllegalArgumentException("a timestep scaling is above 0, not " + timestepScaling);
    }
  }

  /** As diffusers has it. */
  public Lcm() {
    this(10, Threshold.NONE);
  }

  @Override
  public Run begin(X0Denoiser denoiser, Noise noise) {
    return new Run(denoiser, noise) {
      private double timestep(Levels t, long clip, long frame) {
        return tellsTimesteps(denoiser.schedule())
            ? t.timestepInput(clip, frame)
            : 1000 * t.at(clip, frame).u();
      }

      @Override
      protected Tensor fall(Move move) {
        Levels t = move.from();
        Tensor x0 = threshold.apply(x0(move.z(), move.u_BF()));
        Tensor end =
            x0.mul(move.perFrame((b, f) -> out(timestep(t, b, f))))
                .add(move.z().mul(move.perFrame((b, f) -> skip(timestep(t, b, f)))));
        Tensor fresh = noise.normal("lcm", move.step(), end);
        return end.mul(move.coefficient((a, s) -> s.u() == 0 ? 1 : s.alpha()))
            .add(fresh.mul(move.coefficient(Lcm::noisy)));
      }
    };
  }

  /** EDM's networks are told a logarithm, which does not say how far the end is. */
  private static boolean tellsTimesteps(NoiseSchedule schedule) {
    return switch (schedule) {
      case KarrasSchedule k -> false;
      case SampledSchedule s -> tellsTimesteps(s.training());
      default -> true;
    };
  }

  private static double noisy(NoiseLevel from, NoiseLevel to) {
    return to.u() == 0 ? 0 : to.sigma();
  }

  private double skip(double timestep) {
    double k = timestep * timestepScaling;
    return SIGMA_DATA * SIGMA_DATA / (k * k + SIGMA_DATA * SIGMA_DATA);
  }

  private double out(double timestep) {
    double k = timestep * timestepScaling;
    return k / Math.hypot(k, SIGMA_DATA);
  }
}
