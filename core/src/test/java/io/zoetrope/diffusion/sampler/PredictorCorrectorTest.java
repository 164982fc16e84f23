package io.zoetrope.diffusion.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.diffusion.NoiseLevel;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Tensors;
import java.util.Arrays;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

class PredictorCorrectorTest {
  private static final NoiseSchedule SCHEDULE = NoiseSchedule.cosine();

  /** Counts how often the exact denoiser is asked. */
  private static final class Counting implements X0Denoiser {
    private final Mixture mixture;
    private int calls;

    Counting(NoiseSchedule schedule) {
      mixture = Mixture.twoBumps(schedule);
    }

    @Override
    public NoiseSchedule schedule() {
      return mixture.schedule();
    }

    @Override
    public Tensor x0(Tensor z, Tensor u_BF, Conditioning conditioning) {
      calls++;
      return mixture.x0(z, u_BF, conditioning);
    }
  }

  private static double[] run(Sampler sampler, X0Denoiser denoiser, TimestepPlan plan, long size) {
    Noise noise = Noise.of(new RandomStreams(3));
    Tensor nothing = Tensors.zeros(ScalarType.Double, 1, 1, plan.frames(), size, size);
    return Tensors.toDoubles(
        new SamplerLoop(sampler, denoiser)
            .run(
                plan,
                SamplerLoop.start(plan, denoiser.schedule(), nothing, noise),
                noise,
                Progress.NONE));
  }

  @Test
  void asksTheDenoiserAsOftenAsItSays() {
    try (PointerScope scope = new PointerScope()) {
      for (int corrections : new int[] {0, 1, 3}) {
        Counting denoiser = new Counting(SCHEDULE);
        run(new PredictorCorrector(0, corrections, 0.1), denoiser, TimestepPlan.uniform(7, 2), 4);
        assertThat(denoiser.calls).isEqualTo(7 + corrections * 6);
      }
      // Frames one after the other: nothing is corrected in a step that only brings frames to 0.
      double[][] rows = {{1, 1}, {0.5, 1}, {0, 1}, {0, 0.5}, {0, 0}};
      Counting denoiser = new Counting(SCHEDULE);
      run(new PredictorCorrector(0), denoiser, TimestepPlan.of(rows, new boolean[2]), 4);
      assertThat(denoiser.calls).isEqualTo(4 + 2);
    }
  }

  @Test
  void withoutCorrectionsItIsTheAncestralSampler() {
    try (PointerScope scope = new PointerScope()) {
      TimestepPlan plan = TimestepPlan.pyramid(SCHEDULE.spacing(6), 3, 2);
      X0Denoiser denoiser = Mixture.twoBumps(SCHEDULE);
      assertThat(run(new PredictorCorrector(0.3, 0, 0.1), denoiser, plan, 4))
          .isEqualTo(run(new Ancestral(0.3), denoiser, plan, 4));
    }
  }

  /** The correction alone, by the paper's formula, for frames at different levels. */
  @Test
  void aCorrectionIsThePapersFormula() {
    try (PointerScope scope = new PointerScope()) {
      for (NoiseSchedule schedule : SamplerContractTest.SCHEDULES) {
        double delta = 0.1;
        Mixture mixture = Mixture.twoBumps(schedule);
        Noise noise = Noise.of(new RandomStreams(3));
        Tensor z = noise.normal("z", 0, Tensors.zeros(ScalarType.Double, 1, 2, 3, 4, 4));
        Tensor from = Tensors.of(new double[] {0.9, 0.6, 0.4}, 1, 3);
        double[] to = {0.5, 0.6, 0};
        Tensor s = Tensors.of(to, 1, 3);
        Tensor before = step(new Ancestral(0), mixture, noise, z, from, s);
        Tensor after = step(new PredictorCorrector(0, 1, delta), mixture, noise, z, from, s);
        assertThat(Tensors.toBytes(after.narrow(2, 1, 2)))
            .as("held, or at level 0")
            .isEqualTo(Tensors.toBytes(before.narrow(2, 1, 2)));
        NoiseLevel level = schedule.at(to[0]);
        double[] zs = Tensors.toDoubles(before.select(2, 0));
        double[] x0 = Tensors.toDoubles(mixture.x0(before, s, Conditioning.none()).select(2, 0));
        double[] fresh = Tensors.toDoubles(noise.normal("langevin 0", 0, z).select(2, 0));
        double[] got = Tensors.toDoubles(after.select(2, 0));
        for (int i = 0; i < got.length; i++) {
          double eps = (zs[i] - level.alpha() * x0[i]) / level.sigma();
          double wanted =
              zs[i] - delta / 2 * level.sigma() * eps + Math.sqrt(delta) * level.sigma() * fresh[i];
          assertThat(got[i]).isCloseTo(wanted, within(1e-12 * Math.max(1, level.sigma())));
        }
      }
    }
  }

  private static Tensor step(
      Sampler sampler, X0Denoiser denoiser, Noise noise, Tensor z, Tensor from, Tensor to) {
    try (Sampler.Run run = sampler.begin(denoiser, noise)) {
      return run.step(z, from, to);
    }
  }

  /** With too few steps ancestral samples are off; corrections bring them nearer to the data. */
  @Test
  void correctionsMendCoarseSteps() {
    try (PointerScope scope = new PointerScope()) {
      Mixture mixture = Mixture.twoBumps(SCHEDULE);
      Transport transport = Transport.of(mixture);
      TimestepPlan plan = TimestepPlan.uniform(8, 1);
      double[] distance = new double[3];
      int[] corrections = {0, 1, 4};
      for (int i = 0; i < distance.length; i++) {
        double[] samples = run(new PredictorCorrector(0, corrections[i], 0.1), mixture, plan, 80);
        distance[i] = transport.wasserstein(samples, SCHEDULE.at(0));
      }
      System.out.println(
          "seed 3, 8 steps, W1 with 0, 1, 4 corrections: " + Arrays.toString(distance));
      assertThat(distance[1]).isLessThan(distance[0]);
      assertThat(distance[2]).isLessThan(distance[1]);
    }
  }

  @Test
  void badSettingsAreRefused() {
    assertThatThrownBy(() -> new PredictorCorrector(2)).hasMessageContaining("gamma");
    assertThatThrownBy(() -> new PredictorCorrector(0, -1, 0.1))
        .hasMessageContaining("corrections");
    assertThatThrownBy(() -> new PredictorCorrector(0, 1, 0)).hasMessageContaining("delta");
  }
}
