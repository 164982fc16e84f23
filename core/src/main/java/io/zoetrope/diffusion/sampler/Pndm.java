package io.zoetrope.diffusion.sampler;

import io.zoetrope.diffusion.Levels;
import io.zoetrope.diffusion.NoiseLevel;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.torch.Ops;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Pseudo numerical method (Liu et al. 2022, "Pseudo Numerical Methods for Diffusion Models on
 * Manifolds"), the linear multistep variant without a Runge-Kutta start that Stable Diffusion was
 * published with (PLMS): DDIM's step with an eps that is extrapolated from those of up to three
 * steps before by Adams and Bashforth. The first step asks the denoiser a second time, where it led
 * to, and is made again with the mean of both.
 *
 * <p>Frame by frame: a frame that was held or noised again begins anew.
 */
public record Pndm() implements Sampler {
  /** By how many steps are remembered: weights of eps now, one step before, two, three. */
  private static final double[][] WEIGHTS = {
    {1, 0, 0, 0},
    {3 / 2.0, -1 / 2.0, 0, 0},
    {23 / 12.0, -16 / 12.0, 5 / 12.0, 0},
    {55 / 24.0, -59 / 24.0, 37 / 24.0, -9 / 24.0}
  };

  @Override
  public Run begin(X0Denoiser denoiser, Noise noise) {
    return new Multistep(denoiser, noise);
  }

  private static final class Multistep extends Run {
    private final History past = new History(3);

    Multistep(X0Denoiser denoiser, Noise noise) {
      super(denoiser, noise);
    }

    @Override
    protected Tensor fall(Move move) {
      Tensor x0 = x0(move.z(), move.u_BF());
      Tensor eps = eps(x0, move.z(), move.from());
      Tensor mean = eps.mul(weight(move, 0));
      for (int back = 1; back <= past.length(); back++) {
        mean = mean.add(past.value(back - 1).mul(weight(move, back)));
      }
      Tensor z = step(move, mean);
      if (move.from().any(move.to(), (t, s) -> t.alpha() == 0)) {
        // Where eps alone says nothing of the clean video.
        z = torch.where(move.mask((t, s) -> t.alpha() == 0), move.straight(x0), z);
      }
      if (move.anyFrame((b, f) -> begins(move, b, f))) {
        Tensor first = move.maskFrames((b, f) -> begins(move, b, f));
        // Frames that do not fall stay where they are, so that the denoiser sees the real video.
        Tensor there = move.whereFalling(z);
        Tensor ahead = eps(x0(there, move.levelsAfter()), there, aim(move));
        z = torch.where(first, step(move, Ops.mul(eps.add(ahead), 0.5)), z);
      }
      past.add(eps, move);
      return z;
    }

    private Tensor weight(Move move, int back) {
      return move.perFrame((b, f) -> WEIGHTS[past.reach(move, b, f)][back]);
    }

    /** Whether a frame takes its first step, and not its last at once. */
    private boolean begins(Move move, long clip, long frame) {
      NoiseLevel t = move.from().at(clip, frame);
      NoiseLevel s = move.to().at(clip, frame);
      return s.u() < t.u() && s.u() > 0 && t.alpha() > 0 && past.reach(move, clip, frame) == 0;
    }

    /** The levels at which the denoiser is asked ahead. */
    private Levels aim(Move move) {
      return denoiser.schedule().levels(move.levelsAfter(), move.z());
    }

    /** {@code (z - alpha x0) / sigma}; 0 where sigma is. */
    private static Tensor eps(Tensor x0, Tensor z, Levels levels) {
      return z.sub(x0.mul(levels.coefficient(NoiseLevel::alpha, z)))
          .mul(levels.coefficient(l -> l.sigma() == 0 ? 0 : 1 / l.sigma(), z));
    }

    /** DDIM's step by this eps: {@code (alpha_s / alpha_t) (z - sigma_t eps) + sigma_s eps}. */
    private static Tensor step(Move move, Tensor eps) {
      return move.mix((t, s) -> ratio(t, s), eps, (t, s) -> s.sigma() - ratio(t, s) * t.sigma());
    }

    private static double ratio(NoiseLevel t, NoiseLevel s) {
      return t.alpha() == 0 ? 0 : s.alpha() / t.alpha();
    }

    @Override
    public void slide(int dropped, int added) {
      super.slide(dropped, added);
      past.slide(dropped, added);
    }

    @Override
    public void close() {
      past.close();
    }
  }
}
