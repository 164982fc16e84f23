package io.zoetrope.diffusion.guidance;

import static org.assertj.core.api.Assertions.assertThat;
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

class EasyCacheTest {
  private static final NoiseSchedule FLOW = NoiseSchedule.flow(1);
  private static final int STEPS = 20;
  private static final double[] LEVELS = levels();

  private final List<Double> asked = new ArrayList<>();

  private static double[] levels() {
    double[] levels = new double[STEPS + 1];
    for (int i = 0; i <= STEPS; i++) {
      levels[i] = 1 - (double) i / STEPS;
    }
    return levels;
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

  private double apart(
      UnaryOperator<Tensor> says, double threshold, TimestepPlan plan, int atLeast, int atMost) {
    return Scopes.value(() -> {
      Tensor start = normal("start", 2, 3, plan.frames(), 4, 4);
      Tensor exact = walk(network(says), plan, start);
      asked.clear();
      try (EasyCache easy = new EasyCache(network(says), Prediction.FLOW, threshold, LEVELS)) {
        Tensor made = walk(easy, plan, start);
        assertThat(easy.calls()).isEqualTo(STEPS);
        assertThat(easy.reused()).isBetween(atLeast, atMost);
        assertThat(asked).hasSize(STEPS - easy.reused());
        return Tensors.toDoubles(made.sub(exact).abs().max())[0];
      }
    });
  }

  private static TimestepPlan together(int frames) {
    return TimestepPlan.of(rows(frames, 0), new boolean[frames]);
  }

  /** All fall together but the first ones, which are held. */
  private static double[][] rows(int frames, int held) {
    double[][] rows = new double[STEPS + 1][frames];
    for (int row = 0; row <= STEPS; row++) {
      for (int frame = held; frame < frames; frame++) {
        rows[row][frame] = LEVELS[row];
      }
    }
    return rows;
  }

  @Test
  void whatAddsTheSameToItsInputIsExactThoughHardlyAsked() {
    double apart =
        apart(z -> z.add(normal("d", 2, 3, 4, 4, 4)), EasyCache.MOST, together(4), 15, 16);
    assertThat(apart).isLessThan(1e-12);
    // The first 15 of a hundred, and the last step.
    assertThat(asked).hasSize(4);
    assertThat(asked.getLast()).isCloseTo(0.05, offset(1e-6));
  }

  @Test
  void aThresholdOfNothingIsToTheBit() {
    assertThat(apart(z -> z.tanh().mul(z), 0, together(4), 0, 0)).isZero();
  }

  @Test
  void theHigherTheThresholdTheFewerAskedAndTheFurtherOff() {
    UnaryOperator<Tensor> says = z -> z.sub(z.tanh()).add(normal("d", 2, 3, 4, 4, 4));
    double little = apart(says, 0.05, together(4), 1, 15);
    int few = asked.size();
    double much = apart(says, 0.5, together(4), 5, 16);
    assertThat(asked.size()).isLessThan(few);
    assertThat(little).isBetween(1e-9, much);
    assertThat(much).isLessThan(1);
  }

  @Test
  void oneFrameAsksForAll() {
    Tensor d = Scopes.keep(normal("d", 2, 3, 4, 4, 4));
    // The last frame turns round with its input, the others say the same.
    Tensor wild = Scopes.keep(Tensors.of(new double[] {0, 0, 0, 40}, 1, 1, 4, 1, 1));
    UnaryOperator<Tensor> says = z -> z.add(d).add(z.mul(Tensors.full(8, 1)).sin().mul(wild));
    apart(says, 0.2, together(4), 0, 5);
    Scopes.free(d);
    Scopes.free(wild);
  }

  @Test
  void heldFramesStayAndAskForNothing() {
    Tensor d = Scopes.keep(normal("d", 2, 3, 4, 4, 4));
    TimestepPlan plan = TimestepPlan.of(rows(4, 2), new boolean[] {true, true, false, false});
    assertThat(apart(z -> z.add(d), EasyCache.MOST, plan, 15, 16)).isLessThan(1e-12);
    Scopes.free(d);
  }

  @Test
  void whatRisesIsAskedAnew() {
    Scopes.run(() -> {
      Conditioning none = Conditioning.none();
      Tensor z = normal("z", 1, 1, 2, 2, 2);
      try (EasyCache easy =
          new EasyCache(network(x -> x.add(z)), Prediction.FLOW, EasyCache.MOST, LEVELS)) {
        Scopes.noGrad(() -> {
          for (double u : new double[] {0.6, 0.5, 0.4}) {
            easy.x0(z.mul(Tensors.full(u, 1)), Tensors.full(u, 1, 2), none);
          }
          assertThat(easy.reused()).isEqualTo(1);
          for (double u : new double[] {0.7, 0.6}) {
            easy.x0(z.mul(Tensors.full(u, 1)), Tensors.full(u, 1, 2), none);
          }
          assertThat(easy.reused()).as("after the rise").isEqualTo(1);
          return easy.x0(z, Tensors.full(0.5, 1, 2), none);
        });
        assertThat(easy.reused()).isEqualTo(2);
        assertThat(easy.remembers()).isTrue();
      }
    });
  }
}
