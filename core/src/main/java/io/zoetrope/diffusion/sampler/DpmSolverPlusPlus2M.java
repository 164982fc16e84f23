package io.zoetrope.diffusion.sampler;

import io.zoetrope.diffusion.NoiseLevel;
import io.zoetrope.diffusion.Threshold;
import io.zoetrope.diffusion.X0Denoiser;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import org.bytedeco.pytorch.Tensor;

/**
 * DPM-Solver++(2M) (Lu et al. 2022, algorithm 2): second order from one denoiser call a step and
 * the x0 of the step before. With {@code lambda = ln(alpha / sigma)}, {@code h = lambda_s -
 * lambda_t} and {@code w = h / (2 h_before)}: {@code z_s = (sigma_s / sigma_t) z_t + alpha_s (1 -
 * e^-h) ((1 + w) x0_t - w x0_before)}. Or its stochastic kin, which steps as {@link Ancestral} does
 * from the same extrapolated x0.
 *
 * <p>Frame by frame, w is 0 (first order) where the step before did not lead this frame down to
 * where it is now: at the first step, after being held or noised again; and where this step ends
 * without noise.
 *
 * @param equation which is solved
 * @param rule how the second order is had
 * @param last what is done in the step that ends at level 0, where some noise is left there
 * @param end whether that step of the SDE has fresh noise
 * @param threshold of x0
 */
public record DpmSolverPlusPlus2M(
    Equation equation, Rule rule, Last last, Ancestral.End end, Threshold threshold)
    implements Sampler {
  /** What is solved. */
  public enum Equation {
    /** The probability-flow ODE. */
    ODE,

    /** The reverse SDE: fresh noise at each step. */
    SDE
  }

  /** The weight of the step before. */
  public enum Rule {
    /** First order: none. */
    NONE,

    /** By the middle of the step. */
    MIDPOINT,

    /** By the exact integral of a line through both estimates. */
    HEUN
  }

  /** The order of the last step. */
  public enum Last {
    FIRST_ORDER,
    AS_OTHERS
  }

  /** As in the paper. */
  public DpmSolverPlusPlus2M() {
    this(Equation.ODE, Rule.MIDPOINT, Last.FIRST_ORDER, Ancestral.End.MEAN, Threshold.NONE);
  }

  @Override
  public Run begin(X0Denoiser denoiser, Noise noise) {
    return new Multistep(denoiser, noise);
  }

  private final class Multistep extends Run {
    private final History before = new History(1);

    Multistep(X0Denoiser denoiser, Noise noise) {
      super(denoiser, noise);
    }

    @Override
    protected Tensor fall(Move move) {
      Tensor x0 = threshold.apply(x0(move.z(), move.u_BF()));
      Tensor estimate = x0;
      if (before.length() > 0 && rule != Rule.NONE) {
        estimate = x0.add(x0.sub(before.value(0)).mul(move.perFrame((b, f) -> weight(move, b, f))));
      }
      before.add(x0, move);
      // 1 - e^-h as 1 - (alpha_t sigma_s) / (alpha_s sigma_t), which is finite at both ends.
      return equation == Equation.ODE
          ? move.straight(estimate)
          : new Ancestral(0).step(move, estimate, noise, end);
    }

    private double weight(Move move, long clip, long frame) {
      NoiseLevel t = move.from().at(clip, frame);
      NoiseLevel s = move.to().at(clip, frame);
      if (before.reach(move, clip, frame) == 0
          || s.u() >= t.u()
          || (s.u() == 0 && last == Last.FIRST_ORDER)) {
        return 0;
      }
      double h = 0.5 * (s.logSnr() - t.logSnr());
      double past = 0.5 * (t.logSnr() - before.from(0, clip, frame).logSnr());
      return Double.isFinite(h) && Double.isFinite(past) ? share(h) * h / past : 0;
    }

    /** Of the difference of both estimates, over the ratio of the steps; a half for small h. */
    private double share(double h) {
      double length = equation == Equation.ODE ? h : 2 * h;
      return rule == Rule.MIDPOINT || length < 1e-6 ? 0.5 : -1 / Math.expm1(-length) - 1 / length;
    }

    @Override
    public Optional<Map<String, Tensor>> past(int step) {
      return before.past("answers", step);
    }

    @Override
    public void recall(Map<String, Tensor> kept, IntFunction<Leg> legs) {
      before.recall("answers", kept, legs);
    }

    @Override
    public void slide(int dropped, int added) {
      super.slide(dropped, added);
      before.slide(dropped, added);
    }

    @Override
    public void close() {
      before.close();
    }
  }
}
