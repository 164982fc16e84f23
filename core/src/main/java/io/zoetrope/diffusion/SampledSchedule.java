package io.zoetrope.diffusion;

import java.util.Arrays;
import java.util.List;

/**
 * A schedule as one sampling walks it: a table of the levels at which the network is asked, with
 * what it is told there, under the schedule that the network was trained with. At the levels of the
 * table everything is the table's to the bit; in between (a frame held a little above clean, a soft
 * boundary) it is the training schedule's.
 *
 * <p>Level 1 is where the table begins, which may be below the last training timestep: a sampling
 * of few steps that begins at timestep 801 takes what stands there for pure noise. So a plan always
 * falls from 1 to 0, and level 0 is always clean.
 */
public final class SampledSchedule implements NoiseSchedule {
  /**
   * One step of the table.
   *
   * @param alpha scale of the clean video where the network is asked
   * @param sigma scale of the noise there
   * @param timestep what it is told
   * @param landsAlpha scale of the clean video where the step leads; for all but the last step that
   *     should be the next one's alpha, and in some references it is not
   * @param landsSigma scale of the noise there
   */
  public record Step(
      double alpha, double sigma, double timestep, double landsAlpha, double landsSigma) {}

  /** How noisy videos are scaled. */
  public enum Scale {
    /** As the training schedule scales them. */
    TRAINING,

    /** Alpha is 1, as in EDM and k-diffusion: {@code z / alpha}. */
    SIGMA
  }

  private final String name;
  private final NoiseSchedule training;
  private final Scale scale;
  private final double bornScale;

  /** Of level 1, in levels of the training schedule. */
  private final double top;

  private final NoiseLevel[] from;
  private final NoiseLevel[] landing;
  private final double[] timestep;

  /**
   * A table.
   *
   * @param name for messages
   * @param training under which the network was trained
   * @param scale of the numbers in the table
   * @param steps from noise to clean, at least 1; their logSNR rises strictly
   * @param bornScale standard deviation of pure noise at the beginning
   */
  public SampledSchedule(
      String name, NoiseSchedule training, Scale scale, List<Step> steps, double bornScale) {
    this.name = name;
    this.training = training;
    this.scale = scale;
    this.bornScale = bornScale;
    int n = steps.size();
    from = new NoiseLevel[n];
    landing = new NoiseLevel[n];
    timestep = steps.stream().mapToDouble(Step::timestep).toArray();
    double[] u = new double[n];
    for (int i = 0; i < n; i++) {
      Step s = steps.get(i);
      u[i] = training.level(new NoiseLevel(1, s.alpha(), s.sigma()).logSnr());
      if (!(u[i] > 0 && (i == 0 || u[i] < u[i - 1]))) {
        throw new IllegalArgumentException(
            "%s: step %s lies no lower than the step before, or beyond the training schedule"
                .formatted(name, i));
      }
    }
    top = u[0];
    for (int i = 0; i < n; i++) {
      Step s = steps.get(i);
      from[i] = new NoiseLevel(u[i] / top, s.alpha(), s.sigma());
      double next = i + 1 < n ? u[i + 1] / top : 0;
      landing[i] = new NoiseLevel(next, s.landsAlpha(), s.landsSigma());
    }
  }

  /** How many steps the table has. */
  public int steps() {
    return from.length;
  }

  /** What the network is told at each step. */
  public double[] timesteps() {
    return timestep.clone();
  }

  /** The table's own levels, {@code steps() + 1} of them, 1 to 0. */
  public double[] levels() {
    double[] levels = new double[from.length + 1];
    for (int i = 0; i < from.length; i++) {
      levels[i] = from[i].u();
    }
    return levels;
  }

  /** How noisy videos are scaled. */
  public Scale scale() {
    return scale;
  }

  /** The schedule that the network was trained with. */
  public NoiseSchedule training() {
    return training;
  }

  /** Number of the step that begins at exactly this level; negative if none does. */
  private int find(double u) {
    int low = 0;
    int high = from.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      double there = from[middle].u();
      if (there == u) {
        return middle;
      }
      if (there > u) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -1;
  }

  @Override
  public NoiseLevel at(double u) {
    NoiseSchedule.check(u);
    int step = find(u);
    if (step >= 0) {
      return from[step];
    }
    NoiseLevel l = training.at(u * top);
    return scale == Scale.SIGMA
        ? new NoiseLevel(u, 1, l.sigma() / l.alpha())
        : new NoiseLevel(u, l.alpha(), l.sigma());
  }

  @Override
  public double level(double logSnr) {
    return Math.clamp(training.level(logSnr) / top, 0.0, 1.0);
  }

  @Override
  public double timestepInput(double u) {
    int step = find(u);
    return step >= 0 ? timestep[step] : training.timestepInput(u * top);
  }

  /** The table's levels for as many steps as it has; else equal steps of u. */
  @Override
  public double[] spacing(int steps) {
    return steps == steps() ? levels() : NoiseSchedule.super.spacing(steps);
  }

  /** What the table says, for a step from one of its levels to the next. */
  @Override
  public NoiseLevel landing(NoiseLevel from, NoiseLevel to) {
    int step = find(from.u());
    return step >= 0 && landing[step].u() == to.u() ? landing[step] : to;
  }

  @Override
  public double bornScale() {
    return bornScale;
  }

  /**
   * Of n steps the last {@code floor(n strength)} are made, at least one: how the reference's
   * image-to-image pipelines start.
   */
  @Override
  public double startLevel(double strength) {
    int made = Math.clamp((long) (steps() * strength), 1, steps());
    return from[steps() - made].u();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SampledSchedule s
        && training.equals(s.training)
        && scale == s.scale
        && bornScale == s.bornScale
        && Arrays.equals(from, s.from)
        && Arrays.equals(landing, s.landing)
        && Arrays.equals(timestep, s.timestep);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(from) * 31 + Arrays.hashCode(timestep);
  }

  @Override
  public String toString() {
    return name + " in " + steps() + " steps";
  }
}
