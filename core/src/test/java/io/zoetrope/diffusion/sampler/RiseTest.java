package io.zoetrope.diffusion.sampler;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Frames that rise without noise come down where they were, in f64 under the exact denoiser. */
class RiseTest {
  private static final int STEPS = 32;

  static Stream<Arguments> straightPairs() {
    return SamplerContractTest.SAMPLERS.stream()
        .filter(Sampler::straight)
        .flatMap(sampler ->
            SamplerContractTest.SCHEDULES.stream()
                .map(schedule -> Arguments.of(sampler, schedule)));
  }

  private static Tensor data() {
    try (RandomStream stream = new RandomStreams(4).stream("data")) {
      return stream.normal(1, 1, 2, 8, 8).to(ScalarType.Double);
    }
  }

  private static double[] up(double[] levels) {
    double[] up = levels.clone();
    for (int i = 0; i < up.length; i++) {
      up[i] = levels[levels.length - 1 - i];
    }
    return up;
  }

  private static Tensor run(X0Denoiser denoiser, Sampler sampler, Rise rise, double[] u, Tensor z) {
    return new SamplerLoop(sampler, denoiser, rise)
        .run(plan(u), z, Noise.of(new RandomStreams(1)), Progress.NONE);
  }

  private static TimestepPlan plan(double[] u) {
    double[][] rows = Arrays.stream(u).mapToObj(x -> new double[] {x, x}).toArray(double[][]::new);
    return TimestepPlan.of(rows, new boolean[] {true, true});
  }

  private static double farthest(Tensor a, Tensor b) {
    return a.sub(b).abs().max().item_double();
  }

  @ParameterizedTest
  @MethodSource("straightPairs")
  void aRiseOfManyPassesIsTheInverseOfTheFall(Sampler sampler, NoiseSchedule schedule) {
    try (PointerScope scope = new PointerScope()) {
      double[] levels = schedule.spacing(STEPS);
      X0Denoiser mixture = Mixture.twoBumps(schedule);
      Tensor z = data();
      List<Double> errors = new ArrayList<>();
      for (int passes : new int[] {0, 3, 120}) {
        Tensor noise = run(mixture, sampler, new Rise.Inverse(passes), up(levels), z);
        errors.add(farthest(run(mixture, sampler, Rise.RENOISE, levels, noise), z));
      }
      assertThat(errors.get(2)).as("%s", errors).isLessThan(1e-8);
      assertThat(errors.get(1)).as("%s", errors).isLessThan(errors.get(0));
    }
  }

  /** A sampler that draws noise, remembers steps, asks twice or clips has no such inverse. */
  @Test
  void onlyStraightSamplersAreSaidToBe() {
    assertThat(SamplerContractTest.SAMPLERS.stream().filter(Sampler::straight))
        .containsExactly(new Ddim(0), new Euler(), new FlowEuler());
  }

  /** Each frame rises by itself; one that is held is not touched. */
  @Test
  void framesRiseEachFromItsOwnLevel() {
    try (PointerScope scope = new PointerScope()) {
      NoiseSchedule schedule = NoiseSchedule.scaledLinear();
      Mixture mixture = Mixture.twoBumps(schedule);
      Tensor z = data();
      try (Sampler.Run run =
          new Ddim(0).begin(mixture, Noise.of(new RandomStreams(1))).rising(new Rise.Inverse(5))) {
        Tensor own =
            run.step(
                z,
                Tensors.of(new double[] {0, 0.4}, 1, 2),
                Tensors.of(new double[] {0.1, 0.4}, 1, 2));
        Tensor both =
            run.step(
                z,
                Tensors.of(new double[] {0, 0}, 1, 2),
                Tensors.of(new double[] {0.1, 0.1}, 1, 2));
        assertThat(Tensors.toBytes(own.select(2, 1))).isEqualTo(Tensors.toBytes(z.select(2, 1)));
        assertThat(Tensors.toBytes(own.select(2, 0))).isEqualTo(Tensors.toBytes(both.select(2, 0)));
      }
    }
  }
}
