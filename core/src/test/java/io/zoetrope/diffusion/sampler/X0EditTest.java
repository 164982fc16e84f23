package io.zoetrope.diffusion.sampler;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.diffusion.Levels;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

class X0EditTest {
  private static final NoiseSchedule SCHEDULE = NoiseSchedule.cosine();
  private static final X0Denoiser HALF =
      X0Denoiser.of((z, t_BF, c) -> Ops.mul(z, 0.5), SCHEDULE, Prediction.X0);

  private static Tensor noise(int frames) {
    try (RandomStream stream = new RandomStreams(4).stream("x")) {
      return stream.normal(1, 2, frames, 3, 3).to(ScalarType.Double);
    }
  }

  @Test
  void theStepGoesToTheNewVideoWithTheOldNoise() {
    Scopes.run(() -> {
      Tensor z = noise(2);
      TimestepPlan plan = TimestepPlan.uniform(new double[] {1, 0.6, 0.3}, 2);
      List<String> asked = new ArrayList<>();
      X0Edit edit =
          (x0, fall, falls) -> {
            asked.add(fall + " of " + falls);
            return fall == 1 ? Optional.of(Ops.add(Ops.mul(x0, -1), 2)) : Optional.empty();
          };
      Tensor made =
          new SamplerLoop(new Ddim(), HALF)
              .editing(edit)
              .run(plan, z, Noise.of(new RandomStreams(1)), Progress.NONE);
      assertThat(asked).containsExactly("0 of 2", "1 of 2");
      Tensor middle =
          new SamplerLoop(new Ddim(), HALF)
              .run(
                  TimestepPlan.uniform(new double[] {1, 0.6}, 2),
                  z,
                  Noise.of(new RandomStreams(1)),
                  Progress.NONE);
      Levels t = SCHEDULE.levels(Tensors.full(0.6, 1, 2), middle);
      Levels s = SCHEDULE.levels(Tensors.full(0.3, 1, 2), middle);
      Tensor x0 = Ops.mul(middle, 0.5);
      Tensor eps =
          middle
              .sub(x0.mul(t.coefficient(l -> l.alpha(), z)))
              .div(t.coefficient(l -> l.sigma(), z));
      Tensor wanted =
          Ops.add(Ops.mul(x0, -1), 2)
              .mul(s.coefficient(l -> l.alpha(), z))
              .add(eps.mul(s.coefficient(l -> l.sigma(), z)));
      assertThat(made.sub(wanted).abs().max().item_double()).isLessThan(1e-6);
    });
  }

  @Test
  void noEditChangesNothingToTheBit() {
    Scopes.run(() -> {
      TimestepPlan plan = TimestepPlan.uniform(6, 3);
      Noise noise = Noise.of(new RandomStreams(1));
      Tensor plain = new SamplerLoop(new Ddim(), HALF).run(plan, noise(3), noise, Progress.NONE);
      Tensor same =
          new SamplerLoop(new Ddim(), HALF)
              .editing((x0, fall, falls) -> Optional.empty())
              .run(plan, noise(3), noise, Progress.NONE);
      assertThat(Tensors.toBytes(same)).isEqualTo(Tensors.toBytes(plain));
    });
  }

  @Test
  void framesThatDoNotFallAreNotEdited() {
    Scopes.run(() -> {
      TimestepPlan plan = TimestepPlan.uniform(4, 3).holdClean(1);
      Tensor z = noise(3);
      Tensor made =
          new SamplerLoop(new Ddim(), HALF)
              .editing((x0, fall, falls) -> Optional.of(Ops.add(x0, 3)))
              .run(plan, z, Noise.of(new RandomStreams(1)), Progress.NONE);
      assertThat(Tensors.toBytes(made.narrow(2, 1, 1).contiguous()))
          .isEqualTo(Tensors.toBytes(z.narrow(2, 1, 1).contiguous()));
    });
  }
}
