package io.zoetrope.diffusion;

import io.zoetrope.torch.Tensors;
import java.util.function.DoubleUnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * How much signal and how much noise a frame holds at level {@code u} in [0, 1]: {@code z =
 * alpha(u) x0 + sigma(u) eps}. Immutable and thread-safe. All arithmetic is in f64; tensor results
 * have the dtype and shape of the level tensor and lie on the CPU.
 */
public sealed interface NoiseSchedule
    permits CosineSchedule, DiscreteBetaSchedule, KarrasSchedule, FlowSchedule, SampledSchedule {

  /** Cosine logSNR clipped to [-20, 20], as VDM uses it. */
  static NoiseSchedule cosine() {
    return new CosineSchedule(-20, 20);
  }

  /** DDPM's linear betas: 1000 steps from 1e-4 to 0.02. */
  static NoiseSchedule linear() {
    return DiscreteBetaSchedule.linear(1000, 1e-4, 0.02);
  }

  /** Stable Diffusion's betas, linear in their square root: 1000 steps from 0.00085 to 0.012. */
  static NoiseSchedule scaledLinear() {
    return DiscreteBetaSchedule.scaledLinear(1000, 0.00085, 0.012);
  }

  /** EDM: alpha is 1, sigma runs from 0.002 to 80 with rho 7. */
  static NoiseSchedule karras() {
    return new KarrasSchedule(0.002, 80, 7);
  }

  /**
   * Rectified flow: alpha is 1 - s and sigma is s, with {@code s = shift u / (1 + (shift - 1) u)}.
   */
  static NoiseSchedule flow(double shift) {
    return new FlowSchedule(shift);
  }

  /** Signal and noise at level {@code u}; throws IllegalArgumentException outside [0, 1]. */
  NoiseLevel at(double u);

  /** The level with this logSNR, clamped to [0, 1]: the inverse of {@code at(u).logSnr()}. */
  double level(double logSnr);

  /** What a network trained with this schedule is told about level {@code u}. */
  double timestepInput(double u);

  /**
   * The levels of the discrete training timesteps, by timestep; empty for a continuous schedule.
   */
  default double[] trainingLevels() {
    return new double[0];
  }

  /**
   * Levels for {@code steps} sampler steps: {@code steps + 1} numbers that fall from 1 to 0.
   * Uniform in u unless the schedule has a spacing of its own.
   */
  default double[] spacing(int steps) {
    if (steps < 1) {
      throw new IllegalArgumentException("sampling takes at least 1 step, not " + steps);
    }
    double[] levels = new double[steps + 1];
    for (int i = 0; i <= steps; i++) {
      levels[i] = (double) (steps - i) / steps;
    }
    return levels;
  }

  /**
   * Where a step really leads that is to lead from one level to another: {@code to} itself, unless
   * the schedule follows a reference whose steps land beside their aim ({@link SampledSchedule}).
   * Its {@code u} is always that of {@code to}.
   */
  default NoiseLevel landing(NoiseLevel from, NoiseLevel to) {
    return to;
  }

  /** Standard deviation of a frame that is born of noise, at level 1. */
  default double bornScale() {
    return at(1).scale();
  }

  /**
   * The level at which a frame starts of whose content {@code strength} is to be forgotten.
   *
   * @param strength in (0, 1]
   */
  default double startLevel(double strength) {
    return strength;
  }

  default double alpha(double u) {
    return at(u).alpha();
  }

  default double sigma(double u) {
    return at(u).sigma();
  }

  default double logSnr(double u) {
    return at(u).logSnr();
  }

  /** Elementwise {@link #alpha(double)}, any shape. */
  default Tensor alpha(Tensor u) {
    return map(u, this::alpha);
  }

  /** Elementwise {@link #sigma(double)}, any shape. */
  default Tensor sigma(Tensor u) {
    return map(u, this::sigma);
  }

  /** Elementwise {@link #logSnr(double)}, any shape. */
  default Tensor logSnr(Tensor u) {
    return map(u, this::logSnr);
  }

  /** Elementwise {@link #timestepInput(double)}, any shape. */
  default Tensor timestepInput(Tensor u) {
    return map(u, this::timestepInput);
  }

  /** The levels of a video's frames; see {@link Levels#of}. */
  default Levels levels(Tensor u_BF, Tensor z_BCFHW) {
    return Levels.of(this, u_BF, z_BCFHW);
  }

  /** The forward process: {@code alpha x0 + sigma eps}, each frame at its own level. */
  default Tensor noisyInput(Tensor x0_BCFHW, Tensor eps_BCFHW, Tensor u_BF) {
    Levels levels = levels(u_BF, x0_BCFHW);
    return x0_BCFHW
        .mul(levels.coefficient(NoiseLevel::alpha, x0_BCFHW))
        .add(eps_BCFHW.mul(levels.coefficient(NoiseLevel::sigma, x0_BCFHW)));
  }

  private static Tensor map(Tensor u, DoubleUnaryOperator formula) {
    double[] values = Tensors.toDoubles(u);
    for (int i = 0; i < values.length; i++) {
      values[i] = formula.applyAsDouble(values[i]);
    }
    ScalarType dtype =
        u.scalar_type().intern() == ScalarType.Double ? ScalarType.Double : ScalarType.Float;
    return Tensors.of(values, Tensors.shape(u)).to(dtype);
  }

  /** Throws unless {@code u} is a level. */
  static void check(double u) {
    if (!(u >= 0 && u <= 1)) {
      throw new IllegalArgumentException("a noise level lies in [0, 1]; " + u + " does not");
    }
  }
}
