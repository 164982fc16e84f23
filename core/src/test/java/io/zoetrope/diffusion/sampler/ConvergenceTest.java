package io.zoetrope.diffusion.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Tensors;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

/**
 * Orders of convergence on a Gaussian mixture with the exact denoiser, in f64, against the exact
 * transport map. Prints its table.
 */
class ConvergenceTest {
  private static final int[] STEPS = {20, 40, 80, 160};

  private record Case(Sampler sampler, int order) {}

  private static final Map<String, Case> DETERMINISTIC = new LinkedHashMap<>();

  static {
    DETERMINISTIC.put("DDIM (eta 0)", new Case(new Ddim(0), 1));
    DETERMINISTIC.put("Euler", new Case(new Euler(), 1));
    DETERMINISTIC.put("Flow Euler", new Case(new FlowEuler(), 1));
    DETERMINISTIC.put("Heun", new Case(new Heun(), 2));
    DETERMINISTIC.put("DPM-Solver++ 2M", new Case(new DpmSolverPlusPlus2M(), 2));
  }

  private static Map<String, NoiseSchedule> schedules() {
    Map<String, NoiseSchedule> schedules = new LinkedHashMap<>();
    schedules.put("cosine", NoiseSchedule.cosine());
    schedules.put("scaled linear", NoiseSchedule.scaledLinear());
    schedules.put("karras", NoiseSchedule.karras());
    schedules.put("flow", NoiseSchedule.flow(1));
    schedules.put("flow, shift 3", NoiseSchedule.flow(3));
    return schedules;
  }

  /** RMS error over quantiles of the mixture, from the first level to the last. */
  private static double error(Sampler sampler, NoiseSchedule schedule, double[] levels) {
    try (PointerScope scope = new PointerScope()) {
      Mixture mixture = Mixture.twoBumps(schedule);
      Transport transport = Transport.of(mixture);
      int points = 48;
      double[] z = new double[points];
      double[] exact = new double[points];
      for (int i = 0; i < points; i++) {
        double p = 0.02 + 0.96 * i / (points - 1);
        z[i] = transport.quantile(p, schedule.at(levels[0]));
        exact[i] = transport.quantile(p, schedule.at(levels[levels.length - 1]));
      }
      Tensor x = Tensors.of(z, 1, 1, 1, 1, points);
      try (Sampler.Run run = sampler.begin(mixture, Noise.of(new RandomStreams(1)))) {
        for (int step = 0; step + 1 < levels.length; step++) {
          x = run.step(x, at(levels[step]), at(levels[step + 1]));
        }
      }
      double[] got = Tensors.toDoubles(x);
      double sum = 0;
      for (int i = 0; i < points; i++) {
        sum += (got[i] - exact[i]) * (got[i] - exact[i]);
      }
      return Math.sqrt(sum / points);
    }
  }

  private static Tensor at(double level) {
    return Tensors.of(new double[] {level}, 1, 1);
  }

  /** Equal steps of logSNR over a range in which every term of the theory is bounded. */
  private static double[] bounded(NoiseSchedule schedule, int steps) {
    double low = Math.max(-5, schedule.logSnr(1));
    double high = 7;
    double[] levels = new double[steps + 1];
    for (int i = 0; i <= steps; i++) {
      levels[i] = schedule.level(low + (high - low) * i / steps);
    }
    return levels;
  }

  /**
   * Where the step of logSNR shrinks everywhere, as the theory of all these methods assumes, each
   * has its order. From 1 to 0 in a schedule's own spacing, steps next to the ends do not shrink in
   * logSNR: the error must fall at every doubling, at a rate that is only printed.
   */
  @Test
  void deterministicSamplersConvergeAtTheirOrder() {
    StringBuilder table = new StringBuilder();
    StringBuilder wrong = new StringBuilder();
    for (boolean whole : new boolean[] {false, true}) {
      table.append(
          String.format(
              Locale.ROOT,
              "%n%s%n%-16s %-14s | RMS error at %s steps | measured orders | theory%n",
              whole ? "From level 1 to 0, the schedule's own spacing" : "Equal steps of logSNR",
              "sampler",
              "schedule",
              Arrays.toString(STEPS)));
      DETERMINISTIC.forEach((name, entry) ->
          schedules()
              .forEach((scheduleName, schedule) -> {
                double[] error = new double[STEPS.length];
                for (int i = 0; i < STEPS.length; i++) {
                  double[] levels =
                      whole ? schedule.spacing(STEPS[i]) : bounded(schedule, STEPS[i]);
                  error[i] = error(entry.sampler(), schedule, levels);
                }
                double order = row(table, name, scheduleName, error, entry.order());
                boolean falls = true;
                for (int i = 1; i < error.length; i++) {
                  falls &= error[i] < 0.65 * error[i - 1];
                }
                if (whole ? !falls : Math.abs(order - entry.order()) > 0.1) {
                  wrong.append(name).append(" under ").append(scheduleName).append("; ");
                }
              }));
    }
    System.out.println(table);
    assertThat(wrong.toString()).as(table.toString()).isEmpty();
  }

  /** Appends one row and returns the order between the last two errors. */
  private static double row(
      StringBuilder table, String name, String schedule, double[] error, int theory) {
    table.append(String.format(Locale.ROOT, "%-16s %-14s |", name, schedule));
    for (double e : error) {
      table.append(String.format(Locale.ROOT, " %.2e", e));
    }
    table.append(" |");
    double order = 0;
    for (int i = 1; i < error.length; i++) {
      order = Math.log(error[i - 1] / error[i]) / Math.log(2);
      table.append(String.format(Locale.ROOT, " %.2f", order));
    }
    table.append(String.format(Locale.ROOT, " | %d%n", theory));
    return order;
  }

  @Test
  void stochasticSamplersConvergeInDistribution() {
    Map<String, Sampler> stochastic = new LinkedHashMap<>();
    stochastic.put("ancestral, gamma 0", new Ancestral(0));
    stochastic.put("ancestral, gamma 0.3", new Ancestral(0.3));
    stochastic.put("ancestral, gamma 1", new Ancestral(1));
    stochastic.put("DDIM, eta 1", new Ddim(1));
    stochastic.put("predictor-corrector", new PredictorCorrector(0));
    StringBuilder table =
        new StringBuilder(
            String.format(
                "%n%-22s %-14s | W1 at 6, 24, 96 steps | mean, deviation at 96%n",
                "sampler", "schedule"));
    StringBuilder wrong = new StringBuilder();
    stochastic.forEach((name, sampler) -> {
      for (NoiseSchedule schedule :
          List.of(NoiseSchedule.cosine(), NoiseSchedule.karras(), NoiseSchedule.flow(1))) {
        double[] w1 = new double[3];
        double mean = 0;
        double deviation = 0;
        for (int i = 0; i < 3; i++) {
          double[] samples = samples(sampler, schedule, 6 << (2 * i));
          w1[i] = Transport.of(Mixture.twoBumps(schedule)).wasserstein(samples, schedule.at(0));
          mean = Arrays.stream(samples).average().orElseThrow();
          double m = mean;
          deviation =
              Math.sqrt(Arrays.stream(samples).map(x -> (x - m) * (x - m)).average().orElseThrow());
        }
        table.append(
            String.format(
                Locale.ROOT,
                "%-22s %-14s | %.4f %.4f %.4f | %.4f %.4f%n",
                name,
                schedule.getClass().getSimpleName(),
                w1[0],
                w1[1],
                w1[2],
                mean,
                deviation));
        if (!(w1[2] < 0.5 * w1[0] && w1[2] < 0.05)) {
          wrong.append(name).append(" under ").append(schedule).append("; ");
        }
      }
    });
    System.out.println(table);
    assertThat(wrong.toString()).as(table.toString()).isEmpty();
  }

  private static double[] samples(Sampler sampler, NoiseSchedule schedule, int steps) {
    try (PointerScope scope = new PointerScope()) {
      TimestepPlan plan = TimestepPlan.uniform(schedule.spacing(steps), 1);
      Noise noise = Noise.of(new RandomStreams(5));
      Tensor nothing = Tensors.zeros(ScalarType.Double, 1, 1, 1, 60, 100);
      return Tensors.toDoubles(
          new SamplerLoop(sampler, Mixture.twoBumps(schedule))
              .run(plan, SamplerLoop.start(plan, schedule, nothing, noise), noise, Progress.NONE));
    }
  }

  /** The mixture's frames are independent, so levels of a frame's own change nothing for it. */
  @Test
  void perFrameLevelsGiveTheMarginalsOfScalarOnes() {
    List<Sampler> samplers =
        List.of(
            new Ancestral(0.3),
            new PredictorCorrector(0),
            new Ddim(0),
            new Ddim(1),
            new Heun(),
            new DpmSolverPlusPlus2M());
    for (Sampler sampler : samplers) {
      for (NoiseSchedule schedule :
          List.of(NoiseSchedule.cosine(), NoiseSchedule.karras(), NoiseSchedule.flow(3))) {
        try (PointerScope scope = new PointerScope()) {
          Mixture mixture = Mixture.twoBumps(schedule);
          double[] levels = schedule.spacing(12);
          int frames = 3;
          Tensor nothing = Tensors.zeros(ScalarType.Double, 1, 1, frames, 20, 50);
          Noise noise = Noise.of(new RandomStreams(11));
          Tensor uniform =
              run(sampler, mixture, TimestepPlan.uniform(levels, frames), nothing, noise);
          for (TimestepPlan plan :
              new TimestepPlan[] {
                TimestepPlan.pyramid(levels, frames, 2), staggered(levels, frames)
              }) {
            Tensor own = run(sampler, mixture, plan, nothing, noise);
            for (int f = 0; f < frames; f++) {
              double w1 =
                  distance(
                      Tensors.toDoubles(own.select(2, f)), Tensors.toDoubles(uniform.select(2, f)));
              boolean deterministic =
                  DETERMINISTIC.values().stream().anyMatch(c -> c.sampler().equals(sampler));
              // The same levels from the same noise: deterministic samplers agree to rounding.
              assertThat(w1)
                  .as("%s under %s, frame %d", sampler, schedule, f)
                  .isLessThan(deterministic ? 1e-10 : 0.12);
            }
          }
        }
      }
    }
  }

  /** Each frame waits at random between its steps; every frame passes the same levels. */
  private static TimestepPlan staggered(double[] levels, int frames) {
    java.util.Random random = new java.util.Random(4);
    double[][] rows = new double[levels.length * 2][frames];
    int[] at = new int[frames];
    for (int row = 0; row < rows.length; row++) {
      for (int f = 0; f < frames; f++) {
        rows[row][f] = levels[at[f]];
        boolean late = rows.length - 1 - row <= levels.length - 1 - at[f];
        // DPM-Solver's history is lost by waiting, so waits come before the first step only there.
        if (at[f] < levels.length - 1 && (late || at[f] > 0 || random.nextBoolean())) {
          at[f]++;
        }
      }
    }
    boolean[] given = new boolean[frames];
    return TimestepPlan.of(rows, given);
  }

  private static Tensor run(
      Sampler sampler, Mixture mixture, TimestepPlan plan, Tensor nothing, Noise noise) {
    return new SamplerLoop(sampler, mixture)
        .run(
            plan,
            SamplerLoop.start(plan, mixture.schedule(), nothing, noise),
            noise,
            Progress.NONE);
  }

  /** Wasserstein-1 distance of two samples of one size. */
  private static double distance(double[] a, double[] b) {
    Arrays.sort(a);
    Arrays.sort(b);
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs(a[i] - b[i]);
    }
    return sum / a.length;
  }

  /** A frame whose history was broken by waiting takes one first-order step, and recovers. */
  @Test
  void multistepSurvivesWaitingAndNoisingAgain() {
    try (PointerScope scope = new PointerScope()) {
      NoiseSchedule schedule = NoiseSchedule.cosine();
      Mixture mixture = Mixture.twoBumps(schedule);
      double[] levels = schedule.spacing(64);
      TimestepPlan plain = TimestepPlan.uniform(levels, 1);
      double[][] rows = new double[levels.length + 3][1];
      for (int i = 0; i < rows.length; i++) {
        rows[i][0] = levels[i < 20 ? i : Math.max(20, i - 3)];
      }
      TimestepPlan waiting = TimestepPlan.of(rows, new boolean[1]);
      Tensor nothing = Tensors.zeros(ScalarType.Double, 1, 1, 1, 20, 50);
      Noise noise = Noise.of(new RandomStreams(11));
      double[] a =
          Tensors.toDoubles(run(new DpmSolverPlusPlus2M(), mixture, plain, nothing, noise));
      double[] b =
          Tensors.toDoubles(run(new DpmSolverPlusPlus2M(), mixture, waiting, nothing, noise));
      assertThat(a).isNotEqualTo(b);
      assertThat(distance(a, b)).isLessThan(2e-3);
      double[] again =
          Tensors.toDoubles(
              run(new DpmSolverPlusPlus2M(), mixture, plain.resample(30, 44, 2), nothing, noise));
      assertThat(Transport.of(mixture).wasserstein(again, schedule.at(0))).isLessThan(0.12);
    }
  }

  @Test
  void theFirstOrderMethodsAreOneMethod() {
    try (PointerScope scope = new PointerScope()) {
      for (NoiseSchedule schedule : SamplerContractTest.SCHEDULES) {
        Mixture mixture = Mixture.twoBumps(schedule);
        TimestepPlan plan = TimestepPlan.uniform(schedule.spacing(10), 1);
        Tensor z;
        try (RandomStream stream = new RandomStreams(2).stream("z")) {
          z = stream.normal(1, 1, 1, 5, 10).to(ScalarType.Double);
        }
        Noise noise = Noise.of(new RandomStreams(1));
        double[] ddim = end(new Ddim(0), mixture, plan, z, noise);
        double[] euler = end(new Euler(), mixture, plan, z, noise);
        double[] flow = end(new FlowEuler(), mixture, plan, z, noise);
        for (int i = 0; i < ddim.length; i++) {
          assertThat(euler[i]).isCloseTo(ddim[i], within(1e-9));
          assertThat(flow[i]).isCloseTo(ddim[i], within(1e-9));
        }
      }
    }
  }

  private static double[] end(
      Sampler sampler, Mixture mixture, TimestepPlan plan, Tensor z, Noise noise) {
    return Tensors.toDoubles(new SamplerLoop(sampler, mixture).run(plan, z, noise, Progress.NONE));
  }
}
