package io.zoetrope.diffusion;

import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * Draws the levels of a training batch. With probability {@code perFrame} each frame of a clip
 * draws its own level, else the clip shares one (probabilistic timestep sampling of FVDM, Liu et
 * al. 2024, "Redefining Temporal Modeling in Video Diffusion", section 3.3).
 *
 * @param density how one level is distributed
 * @param perFrame probability in [0, 1] that a clip's frames draw their own levels
 * @param decided for what that is decided at once
 */
public record TimestepSampler(Density density, double perFrame, Decided decided) {
  /** For what it is decided at once whether frames draw their own levels. */
  public enum Decided {
    /** For each clip. */
    CLIP,
    /** For all clips of a batch alike, as FVDM's published code does. */
    BATCH
  }

  /** Decided clip by clip. */
  public TimestepSampler(Density density, double perFrame) {
    this(density, perFrame, Decided.CLIP);
  }

  public TimestepSampler {
    if (!(perFrame >= 0 && perFrame <= 1)) {
      throw new IllegalArgumentException("a probability lies in [0, 1]; " + perFrame + " does not");
    }
  }

  /** How one level is distributed over [0, 1]. */
  public sealed interface Density {
    /** A level of a schedule from a number uniform in [0, 1) and a standard normal one. */
    double level(NoiseSchedule schedule, double uniform, double normal);
  }

  /** Every level alike. */
  public record Uniform() implements Density {
    @Override
    public double level(NoiseSchedule schedule, double uniform, double normal) {
      return uniform;
    }
  }

  /** {@code sigmoid(mean + std n)} (Esser et al. 2024, section 3.1). */
  public record LogitNormal(double mean, double std) implements Density {
    /** The standard one. */
    public LogitNormal() {
      this(0, 1);
    }

    public LogitNormal {
      requireNormal(mean, std);
    }

    @Override
    public double level(NoiseSchedule schedule, double uniform, double normal) {
      return 1 / (1 + Math.exp(-(mean + std * normal)));
    }
  }

  /** {@code ln(sigma / alpha)} normal, as EDM trains (mean -1.2, std 1.2 there). */
  public record LogNormalSigma(double mean, double std) implements Density {
    /** As EDM has it. */
    public LogNormalSigma() {
      this(-1.2, 1.2);
    }

    public LogNormalSigma {
      requireNormal(mean, std);
    }

    @Override
    public double level(NoiseSchedule schedule, double uniform, double normal) {
      return schedule.level(-2 * (mean + std * normal));
    }

    /** Share of draws that are noisier than any level of a schedule: they are at its last one. */
    public double beyond(NoiseSchedule schedule) {
      double last = (-0.5 * schedule.logSnr(1) - mean) / std;
      double above = 0;
      double all = 0;
      for (int i = -4000; i <= 4000; i++) {
        double z = i / 500.0;
        double density = Math.exp(-0.5 * z * z);
        all += density;
        above += z > last ? density : 0;
      }
      return above / all;
    }
  }

  /**
   * Each of the levels i / N, i from 1, as often.
   *
   * @param levels N
   */
  public record Grid(int levels) implements Density {
    public Grid {
      if (levels < 1) {
        throw new IllegalArgumentException("a grid has 1 level or more, not " + levels);
      }
    }

    @Override
    public double level(NoiseSchedule schedule, double uniform, double normal) {
      return Math.min(levels, 1 + Math.floor(uniform * levels)) / levels;
    }
  }

  private static void requireNormal(double mean, double std) {
    if (!(Double.isFinite(mean) && std > 0 && Double.isFinite(std))) {
      throw new IllegalArgumentException("std must be above 0, is " + std);
    }
  }

  /** Levels uniform, all clips shared across their frames. */
  public static TimestepSampler uniform() {
    return new TimestepSampler(new Uniform(), 0);
  }

  /**
   * Levels of a schedule for a batch, [B, F], f64, on the CPU. Draws the same amount of randomness
   * whatever the probability.
   */
  public Tensor draw(NoiseSchedule schedule, RandomStream random, long batch, long frames) {
    double[] choice = Tensors.toDoubles(random.uniform(batch));
    double[] uniform = Tensors.toDoubles(random.uniform(batch, frames));
    double[] normal = Tensors.toDoubles(random.normal(batch, frames));
    double[] t = new double[uniform.length];
    for (int i = 0; i < t.length; i++) {
      int clip = (int) (i / frames);
      double chance = choice[decided == Decided.CLIP ? clip : 0];
      int from = chance < perFrame ? i : (int) (clip * frames);
      t[i] = density.level(schedule, uniform[from], normal[from]);
    }
    return Tensors.of(t, batch, frames);
  }
}
