package io.zoetrope.diffusion.sampler;

import io.zoetrope.diffusion.Levels;
import io.zoetrope.diffusion.NoiseLevel;
import io.zoetrope.diffusion.NoiseSchedule;
import java.util.function.BinaryOperator;
import java.util.function.ToDoubleBiFunction;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** How frames rise from one noise level to a higher one. Immutable. */
@FunctionalInterface
public interface Rise {
  /** By the forward process: some of what is there, and fresh noise. */
  Rise RENOISE = Rise::renoise;

  /**
   * What a rise may ask.
   *
   * @param x0 the denoiser: a video and its levels [B, F] to the clean video
   * @param schedule under which levels are meant
   * @param noise where fresh noise comes from
   * @param step number of the step in its run, from 0
   */
  record Ask(BinaryOperator<Tensor> x0, NoiseSchedule schedule, Noise noise, int step) {}

  /**
   * The video after the rise. What it returns for frames that do not rise is thrown away.
   *
   * @param z_BCFHW the video at {@code from}
   * @param from where each frame is
   * @param to where each frame goes
   */
  Tensor rise(Tensor z_BCFHW, Levels from, Levels to, Ask ask);

  /**
   * From level t up to s: {@code z_s = (alpha_s / alpha_t) z_t + sqrt(sigma_s^2 - (alpha_s /
   * alpha_t)^2 sigma_t^2) eps}.
   */
  private static Tensor renoise(Tensor z, Levels from, Levels to, Ask ask) {
    ToDoubleBiFunction<NoiseLevel, NoiseLevel> kept =
        (t, s) -> t.alpha() == 0 ? 0 : s.alpha() / t.alpha();
    Tensor fresh =
        from.coefficient(
            to,
            (t, s) -> {
              double old = kept.applyAsDouble(t, s) * t.sigma();
              return Math.sqrt(Math.max(0, s.sigma() * s.sigma() - old * old));
            },
            z);
    return z.mul(from.coefficient(to, kept, z))
        .add(ask.noise().normal("renoise", ask.step(), z).mul(fresh));
  }

  /**
   * Without noise: the {@linkplain Move#straight straight} step taken back (DDIM inversion; Song et
   * al. 2021, section 4.3, and Dhariwal and Nichol 2021, appendix F). With {@code y = z / k} and
   * {@code r = sigma / k} of a {@link Path}, {@code y_s = y_t + (r_s - r_t) (z - k_s x0(z, s)) /
   * sigma_s}, where z is z_t at first: the network is told s, for so it is in the fall from s to t.
   * Each further pass takes z from the pass before, and comes nearer to the z_s from which the fall
   * leads to z_t (the fixed point of Pan et al. 2023, "Effective Real Image Editing with
   * Accelerated Iterative Diffusion Inversion").
   *
   * <p>Level 0 is where a fall lands, which keeps a trace of noise under schedules whose last step
   * does ({@code set_alpha_to_one} false).
   *
   * @param passes after the first, 0 or more; each asks the denoiser once
   */
  record Inverse(int passes) implements Rise {
    public Inverse {
      if (passes < 0) {
        throw new IllegalArgumentException("passes are 0 or more, not " + passes);
      }
    }

    @Override
    public Tensor rise(Tensor z_BCFHW, Levels from, Levels to, Ask ask) {
      Levels start = to.landings(from, ask.schedule());
      Path own = Path.of(ask.schedule());
      Tensor keep = start.coefficient(to, (t, s) -> rises(t, s) ? keep(own, t, s) : 0, z_BCFHW);
      Tensor gain = start.coefficient(to, (t, s) -> rises(t, s) ? gain(own, t, s) : 0, z_BCFHW);
      Tensor k = to.coefficient(s -> path(own, s).scale(s), z_BCFHW);
      Tensor rising = start.mask(to, Inverse::rises, z_BCFHW);
      Tensor base = z_BCFHW.mul(keep);
      Tensor z = z_BCFHW;
      for (int pass = 0; pass <= passes; pass++) {
        Tensor slope = z.sub(ask.x0().apply(z, to.u_BF()).mul(k));
        // Frames that do not rise stay where they are, so that the denoiser sees the real video.
        z = torch.where(rising, base.add(slope.mul(gain)), z_BCFHW);
      }
      return z;
    }

    private static boolean rises(NoiseLevel t, NoiseLevel s) {
      return s.u() > t.u();
    }

    /** Where no signal is left, sigma over alpha is no coordinate. */
    private static Path path(Path own, NoiseLevel s) {
      return s.alpha() == 0 ? Path.FLOW : own;
    }

    private static double keep(Path own, NoiseLevel t, NoiseLevel s) {
      Path path = path(own, s);
      return path.scale(s) / path.scale(t);
    }

    private static double gain(Path own, NoiseLevel t, NoiseLevel s) {
      Path path = path(own, s);
      return path.scale(s) * (path.position(s) - path.position(t)) / s.sigma();
    }
  }
}
