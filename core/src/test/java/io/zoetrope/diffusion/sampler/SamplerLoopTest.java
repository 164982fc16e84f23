package io.zoetrope.diffusion.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.UserError;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.Optional;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class SamplerLoopTest {
  private static final Noise NOISE = Noise.of(new RandomStreams(4));

  private static X0Denoiser standardNormal(NoiseSchedule schedule) {
    return new Mixture(schedule, new double[] {1}, new double[] {0}, new double[] {1});
  }

  @Test
  void nativeMemoryIsFlatOverSteps() {
    NoiseSchedule schedule = NoiseSchedule.cosine();
    for (Sampler sampler :
        new Sampler[] {
          new Ancestral(0.3), new Ddim(0), new Heun(Optional.empty()), new DpmSolverPlusPlus2M()
        }) {
      try (PointerScope scope = new PointerScope()) {
        // 128 KiB a tensor: one left behind by each step would be 37 MiB at the end.
        Tensor nothing = Tensors.zeros(1, 16, 8, 16, 16);
        long[] after = new long[2];
        for (int round = 0; round < 2; round++) {
          int steps = round == 0 ? 20 : 320;
          TimestepPlan plan = TimestepPlan.uniform(steps, 8).holdClean(0);
          Scopes.run(() -> {
            Tensor start = SamplerLoop.start(plan, schedule, nothing, NOISE);
            Tensor end =
                new SamplerLoop(sampler, (Halving) () -> schedule)
                    .run(plan, start, NOISE, Progress.NONE);
            assertThat(end.size(2)).isEqualTo(8);
          });
          after[round] = Pointer.physicalBytes();
        }
        assertThat(after[1] - after[0])
            .as("growth in bytes under %s", sampler)
            .isLessThan(20L << 20);
      }
    }
  }

  /** Half of z: cheap, and always a new tensor. */
  private interface Halving extends X0Denoiser {
    @Override
    default Tensor x0(Tensor z, Tensor u_BF, Conditioning c) {
      return io.zoetrope.torch.Ops.mul(z, 0.5);
    }
  }

  /** The first step whose latents are no numbers is the last. */
  @Test
  void whatIsNotFiniteEndsTheLoop() {
    NoiseSchedule schedule = NoiseSchedule.cosine();
    int[] calls = {0};
    Halving breaking =
        new Halving() {
          @Override
          public NoiseSchedule schedule() {
            return schedule;
          }

          @Override
          public Tensor x0(Tensor z, Tensor u_BF, Conditioning c) {
            return io.zoetrope.torch.Ops.mul(z, ++calls[0] == 3 ? Double.NaN : 0.5);
          }
        };
    Scopes.run(() -> {
      TimestepPlan plan = TimestepPlan.uniform(8, 4);
      Tensor start = SamplerLoop.start(plan, schedule, Tensors.zeros(1, 2, 4, 3, 3), NOISE);
      SamplerLoop loop = new SamplerLoop(new Ddim(0), breaking);
      assertThatThrownBy(() -> loop.run(plan, start, NOISE, Progress.NONE))
          .isInstanceOf(UserError.class)
          .hasMessage("the latents after step 3 of 8 are not finite numbers");
    });
    assertThat(calls[0]).isEqualTo(3);
  }

  /** A denoiser may give out a tensor that is not the step's to free. */
  @Test
  void aDenoiserMayKeepItsAnswer() {
    try (PointerScope scope = new PointerScope()) {
      Tensor answer = Tensors.full(0.25, 1, 1, 2, 2, 2);
      X0Denoiser constant =
          new X0Denoiser() {
            @Override
            public NoiseSchedule schedule() {
              return NoiseSchedule.flow(1);
            }

            @Override
            public Tensor x0(Tensor z, Tensor u_BF, Conditioning c) {
              return answer;
            }
          };
      for (Sampler sampler : SamplerContractTest.SAMPLERS) {
        TimestepPlan plan = TimestepPlan.uniform(6, 2);
        Tensor start = SamplerLoop.start(plan, constant.schedule(), answer, NOISE);
        Tensor end = new SamplerLoop(sampler, constant).run(plan, start, NOISE, Progress.NONE);
        for (float x : Tensors.toFloats(end)) {
          // A consistency model keeps a trace of z; who steps by eps rounds.
          assertThat(x).as("%s", sampler).isCloseTo(0.25f, within(1e-5f));
        }
        assertThat(Tensors.toFloats(answer)).containsOnly(0.25f);
        assertThat(Tensors.toFloats(start)).doesNotContain(0.25f);
      }
    }
  }

  @Test
  void aPlanThatMovesNothingReturnsTheStart() {
    try (PointerScope scope = new PointerScope()) {
      NoiseSchedule schedule = NoiseSchedule.flow(1);
      TimestepPlan plan = TimestepPlan.uniform(3, 2).hold(f -> true, 0.5);
      Tensor start = SamplerLoop.start(plan, schedule, Tensors.full(1, 1, 1, 2, 2, 2), NOISE);
      byte[] before = Tensors.toBytes(start);
      Tensor end =
          new SamplerLoop(new Euler(), standardNormal(schedule))
              .run(plan, start, NOISE, Progress.NONE);
      assertThat(Tensors.toBytes(end)).isEqualTo(before);
      assertThat(Tensors.toBytes(start)).isEqualTo(before);
    }
  }

  @Test
  void givenFramesStartFromTheirContent() {
    try (PointerScope scope = new PointerScope()) {
      for (NoiseSchedule schedule : SamplerContractTest.SCHEDULES) {
        Tensor content = Tensors.full(0.5, 1, 1, 3, 100, 100);
        TimestepPlan plan = TimestepPlan.uniform(5, 3).holdClean(0).hold(f -> f == 1, 0.4);
        Tensor start = SamplerLoop.start(plan, schedule, content, NOISE);
        assertThat(Tensors.toBytes(start.select(2, 0)))
            .isEqualTo(Tensors.toBytes(content.select(2, 0)));
        double sigma = schedule.sigma(0.4);
        assertThat(start.select(2, 1).mean().item_double())
            .isBetween(
                0.5 * schedule.alpha(0.4) - 0.05 * sigma, 0.5 * schedule.alpha(0.4) + 0.05 * sigma);
        assertThat(start.select(2, 2).std().item_double() / schedule.at(1).scale())
            .isBetween(0.97, 1.03);
      }
    }
  }

  @Test
  void sameSeedSameBits() {
    try (PointerScope scope = new PointerScope()) {
      NoiseSchedule schedule = NoiseSchedule.cosine();
      TimestepPlan plan = TimestepPlan.uniform(6, 3).resample(2, 4, 1);
      byte[][] results = new byte[2][];
      for (int i = 0; i < 2; i++) {
        Noise noise = Noise.of(new RandomStreams(99));
        Tensor start = SamplerLoop.start(plan, schedule, Tensors.zeros(1, 2, 3, 4, 4), noise);
        results[i] =
            Tensors.toBytes(
                new SamplerLoop(new Ancestral(0.2), standardNormal(schedule))
                    .run(plan, start, noise, Progress.NONE));
      }
      assertThat(results[0]).isEqualTo(results[1]);
    }
  }

  @Test
  void aVideoMustFitItsPlan() {
    try (PointerScope scope = new PointerScope()) {
      SamplerLoop loop = new SamplerLoop(new Euler(), standardNormal(NoiseSchedule.flow(1)));
      assertThatThrownBy(() ->
              loop.run(
                  TimestepPlan.uniform(2, 4), Tensors.zeros(1, 1, 3, 2, 2), NOISE, Progress.NONE))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("4 frames");
    }
  }
}
