package io.zoetrope.diffusion.guidance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import io.zoetrope.diffusion.Denoiser;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.sampler.FlowEuler;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.diffusion.sampler.SamplerLoop;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

class TeaCacheTest {
  private static final NoiseSchedule FLOW = NoiseSchedule.flow(1);
  private static final int STEPS = 20;
  private static final double[] LEVELS = levels();

  /** Two numbers of which one stays: from step to step a part of 0.05 / (1 + u) changes. */
  private static final TeaCache.Modulated LEVEL =
      (z, levels) -> {
        Tensor u_BF1 = levels.u_BF().unsqueeze(2);
        return Tensors.cat(
            List.of(
                u_BF1, Tensors.full(1, levels.batch(), levels.frames(), 1).to(ScalarType.Double)),
            2);
      };

  private final List<Double> asked = new ArrayList<>();

  private static double[] levels() {
    double[] levels = new double[STEPS + 1];
    for (int i = 0; i <= STEPS; i++) {
      levels[i] = 1 - (double) i / STEPS;
    }
    return levels;
  }

  private static TeaCache.Expected expected(Double... polynomial) {
    return new TeaCache.Expected(LEVEL, List.of(polynomial), List.of());
  }

  private static Tensor normal(String name, long... shape) {
    return new RandomStreams(5).stream(name).normal(shape).to(ScalarType.Double);
  }

  /** A network by what it says of a video; keeps the highest level it was asked at. */
  private X0Denoiser network(UnaryOperator<Tensor> says) {
    Denoiser network =
        (z, t, conditioning) -> {
          double most = 0;
          for (double at : Tensors.toDoubles(t)) {
            most = Math.max(most, at / 1000);
          }
          asked.add(most);
          return says.apply(z);
        };
    return X0Denoiser.of(network, FLOW, Prediction.FLOW);
  }

  private static Tensor walk(X0Denoiser denoiser, TimestepPlan plan, Tensor start) {
    Noise noise = new Noise(List.of(new RandomStreams(5), new RandomStreams(6)), 0);
    return new SamplerLoop(new FlowEuler(), denoiser).run(plan, start, noise, Progress.NONE);
  }

  /** How far off a cached walk ends; {@link #asked} tells of it. */
  private double apart(
      UnaryOperator<Tensor> says, double threshold, TeaCache.Expected expected, TimestepPlan plan) {
    return Scopes.value(() -> {
      Tensor start = normal("start", 2, 3, plan.frames(), 4, 4);
      Tensor exact = walk(network(says), plan, start);
      asked.clear();
      try (TeaCache tea =
          new TeaCache(network(says), Prediction.FLOW, threshold, LEVELS, expected)) {
        Tensor made = walk(tea, plan, start);
        assertThat(tea.calls()).isEqualTo(plan.steps());
        assertThat(asked).hasSize(tea.calls() - tea.reused());
        assertThat(tea.remembers()).isTrue();
        for (int frame = 0; frame < plan.frames(); frame++) {
          if (plan.heldClean(frame)) {
            assertThat(Tensors.toBytes(made.select(2, frame)))
                .isEqualTo(Tensors.toBytes(start.select(2, frame)));
          }
        }
        return Tensors.toDoubles(made.sub(exact).abs().max())[0];
      }
    });
  }

  /** All fall together but the first ones, which are held. */
  private static TimestepPlan plan(int frames, int held) {
    double[][] rows = new double[STEPS + 1][frames];
    boolean[] given = new boolean[frames];
    for (int frame = 0; frame < frames; frame++) {
      given[frame] = frame < held;
      for (int row = 0; row <= STEPS && frame >= held; row++) {
        rows[row][frame] = LEVELS[row];
      }
    }
    return TimestepPlan.of(rows, given);
  }

  /** Where the steps are made of which the sum of changes says so, told anew by hand. */
  private static List<Double> byHand(double threshold, UnaryOperator<Double> expected) {
    List<Double> made = new ArrayList<>();
    double sum = 0;
    for (int step = 0; step < STEPS; step++) {
      double u = LEVELS[step];
      sum += step == 0 ? 0 : expected.apply((LEVELS[step - 1] - u) / (LEVELS[step - 1] + 1));
      if (step < STEPS * TeaCache.FIRST || step == STEPS - 1 || !(sum < threshold)) {
        made.add(u);
        sum = 0;
      }
    }
    return made;
  }

  private void requireAsked(List<Double> levels) {
    assertThat(asked).hasSameSizeAs(levels);
    for (int i = 0; i < levels.size(); i++) {
      assertThat(asked.get(i)).isCloseTo(levels.get(i), offset(1e-6));
    }
  }

  @Test
  void aThresholdOfNothingIsToTheBit() {
    assertThat(apart(z -> z.tanh().mul(z), 0, expected(), plan(4, 0))).isZero();
    assertThat(asked).hasSize(STEPS);
    // Also by a polynomial that expects less than nothing.
    assertThat(apart(z -> z.tanh().mul(z), 0, expected(1.0, -1.0), plan(4, 0))).isZero();
    assertThat(asked).hasSize(STEPS);
  }

  @Test
  void stepsAreLeftOutUntilTheSumOfChangesIsTooMuch() {
    UnaryOperator<Tensor> says = z -> z.tanh();
    for (double threshold : new double[] {0.04, 0.1, 0.2}) {
      assertThat(apart(says, threshold, expected(), plan(4, 0))).isPositive();
      requireAsked(byHand(threshold, x -> x));
    }
  }

  @Test
  void changesAreRescaledByThePolynomial() {
    apart(z -> z.tanh(), 0.2, expected(30.0, 2.0, 0.01), plan(4, 0));
    requireAsked(byHand(0.2, x -> 30 * x * x + 2 * x + 0.01));
  }

  @Test
  void whatAddsTheSameToItsInputIsExact() {
    Tensor d = Scopes.keep(normal("d", 2, 3, 4, 4, 4));
    assertThat(apart(z -> z.add(d), TeaCache.MOST, expected(), plan(4, 0))).isLessThan(1e-12);
    assertThat(asked).hasSizeLessThan(5);
    Scopes.free(d);
  }

  @Test
  void heldFramesStayAndAskForNothing() {
    // A frame that does not move would be expected to change by 1.
    apart(z -> z.tanh(), 0.1, expected(1.0, 0.0), plan(4, 2));
    List<Double> held = List.copyOf(asked);
    apart(z -> z.tanh(), 0.1, expected(1.0, 0.0), plan(2, 0));
    assertThat(held).isEqualTo(asked);
    apart(z -> z.tanh(), 0.9, expected(0.0, 0.3), plan(4, 2));
    assertThat(asked).hasSizeLessThan(STEPS);
  }

  @Test
  void oneFrameAsksForAll() {
    TeaCache.Modulated wild =
        (z, levels) -> {
          Tensor u_BF1 = levels.u_BF().unsqueeze(2);
          Tensor times_F1 = Tensors.of(new double[] {1e-9, 1e-9, 1e-9, 1}, 4, 1);
          return Tensors.full(1, 2, 4, 1).to(ScalarType.Double).add(u_BF1.mul(times_F1));
        };
    apart(z -> z.tanh(), 0.1, new TeaCache.Expected(wild, List.of(), List.of()), plan(4, 0));
    requireAsked(byHand(0.1, x -> x));
  }

  @Test
  void whoTakesOverIsAsked() {
    apart(
        z -> z.tanh(),
        TeaCache.MOST,
        new TeaCache.Expected(LEVEL, List.of(), List.of(0.5)),
        plan(4, 0));
    // The first tenth, the first at 0.5 or below, and the last.
    requireAsked(List.of(1.0, 0.95, 0.5, 0.05));
  }

  @Test
  void aChangeThatIsNoNumberAsks() {
    TeaCache.Modulated nothing = (z, levels) -> Tensors.zeros(levels.batch(), levels.frames(), 1);
    apart(
        z -> z.tanh(),
        TeaCache.MOST,
        new TeaCache.Expected(nothing, List.of(), List.of()),
        plan(4, 0));
    assertThat(asked).hasSize(STEPS);
  }

  @Test
  void whatRisesIsAskedAnew() {
    Scopes.run(() -> {
      Conditioning none = Conditioning.none();
      Tensor z = normal("z", 1, 1, 2, 2, 2);
      try (TeaCache tea =
          new TeaCache(network(x -> x), Prediction.FLOW, TeaCache.MOST, LEVELS, expected())) {
        Scopes.noGrad(() -> {
          for (double u : new double[] {0.6, 0.5, 0.7}) {
            tea.x0(z, Tensors.full(u, 1, 2), none);
          }
          assertThat(tea.reused()).isEqualTo(1);
          return tea.x0(z, Tensors.full(0.6, 1, 2), none);
        });
        assertThat(tea.reused()).isEqualTo(2);
      }
      // Where gradients are recorded it only passes on.
      try (TeaCache tea =
          new TeaCache(network(x -> x), Prediction.FLOW, TeaCache.MOST, LEVELS, expected())) {
        tea.x0(z, Tensors.full(0.6, 1, 2), none);
        assertThat(tea.calls()).isZero();
      }
    });
  }

  /** Each window and each branch of guidance adds its own: none is answered by another's. */
  @Test
  void windowsAndBranchesKeepTheirOwn() {
    Scopes.run(() -> {
      Tensor d = normal("d", 1, 1, 6, 2, 2);
      Conditioning prompt = Conditioning.none().with(Conditioning.BESIDE, d);
      // What is beside a video comes behind its channels.
      Denoiser network =
          (z, t, told) -> {
            asked.add(0.0);
            return z.narrow(1, 0, 1).add(z.narrow(1, 1, 1));
          };
      X0Denoiser base = X0Denoiser.of(network, FLOW, Prediction.FLOW);
      X0Denoiser windows = new ContextWindows(base, new ContextWindows.Shape(4, 2));
      Conditioning away = Conditioning.none().with(Conditioning.BESIDE, d.mul(Tensors.full(-1, 1)));
      X0Denoiser guided = new ClassifierFreeGuidance(windows, away, 3);
      X0Denoiser bound = PromptBlend.of(guided, prompt);
      Tensor start = normal("start", 1, 1, 6, 2, 2);
      Scopes.noGrad(() -> {
        Tensor exact = walk(bound, plan(6, 0), start);
        int all = asked.size();
        asked.clear();
        try (TeaCache tea =
            new TeaCache(bound, Prediction.FLOW, TeaCache.MOST, LEVELS, expected())) {
          Tensor made = walk(tea, plan(6, 0), start);
          assertThat(tea.reused()).isGreaterThan(10);
          assertThat(asked.size()).isLessThan(all / 2);
          assertThat(Tensors.toDoubles(made.sub(exact).abs().max())[0]).isLessThan(1e-9);
        }
        return exact;
      });
    });
  }

  @Test
  void aThresholdLiesWithinBounds() {
    for (double bad : new double[] {-0.1, 3.1, Double.NaN}) {
      assertThatThrownBy(
              () -> new TeaCache(network(x -> x), Prediction.FLOW, bad, LEVELS, expected()))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
