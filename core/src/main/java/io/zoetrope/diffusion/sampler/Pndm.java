package io.zoetrope.diffusion.sampler;

import io.zoetrope.diffusion.Levels;
import io.zoetrope.diffusion.NoiseLevel;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.torch.Ops;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
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
 *
 * @param terms in which answers are extrapolated
 */
public record Pndm(Terms terms) implements Sampler {
  /** What of a denoiser's answers is extrapolated. */
  public enum Terms {
    /** The noise, as in the paper. */
    EPS,

    /** {@code v = alpha eps - sigma x0}: the public reference, of networks that predict it. */
    V
  }

  /** As in the paper. */
  public Pndm() {
    this(Terms.EPS);
  }

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

  private final class Multistep extends Run {
    private final History past = new History(3);

    Multistep(X0Denoiser denoiser, Noise noise) {
      super(denoiser, noise);
    }

    @Override
    protected Tensor fall(Move move) {
      Tensor x0 = x0(move.z(), move.u_BF());
      Tensor answer = answer(x0, move.z(), move.from());
      Tensor mean = answer.mul(weight(move, 0));
      for (int back = 1; back <= past.length(); back++) {
        mean = mean.add(past.value(back - 1).mul(weight(move, back)));
      }
      Tensor z = step(move, eps(mean, move));
      if (move.from().any(move.to(), (t, s) -> t.alpha() == 0)) {
        // Where eps alone says nothing of the clean video.
        z = torch.where(move.mask((t, s) -> t.alpha() == 0), move.straight(x0), z);
      }
      if (move.anyFrame((b, f) -> begins(move, b, f))) {
        Tensor first = move.maskFrames((b, f) -> begins(move, b, f));
        // Frames that do not fall stay where they are, so that the denoiser sees the real video.
        Tensor there = move.whereFalling(z);
        Tensor ahead = answer(x0(there, move.levelsAfter()), there, aim(move));
        z = torch.where(first, step(move, eps(Ops.mul(answer.add(ahead), 0.5), move)), z);
      }
      past.add(answer, move);
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

    /** {@code eps = (z - alpha x0) / sigma} or {@code v = (alpha z - x0) / sigma}; 0 at sigma 0. */
    private Tensor answer(Tensor x0, Tensor z, Levels levels) {
      Tensor alpha = levels.coefficient(NoiseLevel::alpha, z);
      Tensor difference = terms == Terms.EPS ? z.sub(x0.mul(alpha)) : z.mul(alpha).sub(x0);
      return difference.mul(levels.coefficient(l -> l.sigma() == 0 ? 0 : 1 / l.sigma(), z));
    }

    /** The eps of an answer about where the step begins. */
    private Tensor eps(Tensor answer, Move move) {
      Tensor z = move.z();
      return terms == Terms.EPS
          ? answer
          : answer
              .mul(move.from().coefficient(NoiseLevel::alpha, z))
              .add(z.mul(move.from().coefficient(NoiseLevel::sigma, z)));
    }

    /** DDIM's step by this eps: {@code (alpha_s / alpha_t) (z - sigma_t eps) + sigma_s eps}. */
    private static Tensor step(Move move, Tensor eps) {
      return move.mix((t, s) -> ratio(t, s), eps, (t, s) -> s.sigma() - ratio(t, s) * t.sigma());
    }

    private static double ratio(NoiseLevel t, NoiseLevel s) {
      return t.alpha() == 0 ? 0 : s.alpha() / t.alpha();
    }

    @Override
    public Optional<Map<String, Tensor>> past(int step) {
      return past.past("answers", step);
    }

    @Override
    public void recall(Map<String, Tensor> kept, IntFunction<Leg> legs) {
      past.recall("answers", kept, legs);
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
