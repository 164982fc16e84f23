package io.zoetrope.diffusion.guidance;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

class KnownTest {
  private static final NoiseSchedule SCHEDULE = NoiseSchedule.cosine();
  private static final Noise NOISE = Noise.of(new RandomStreams(4));

  @Test
  void itsNoiseIsNamedByLevelAndFrame() {
    Scopes.run(this::check);
  }

  private static Tensor u_BF() {
    return Tensors.of(new double[] {0.5, 0.5, 0.8, 0.3}, 1, 4);
  }

  private static Tensor normal(long... shape) {
    try (RandomStream stream = new RandomStreams(2).stream("z")) {
      return stream.normal(shape).to(ScalarType.Double);
    }
  }

  private void check() {
    Tensor video = Tensors.zeros(ScalarType.Double, 1, 1, 4, 3, 3);
    Known known = Known.frames(video, true, true, true, true);
    Tensor z = normal(1, 1, 4, 3, 3);
    double[] one = Tensors.toDoubles(known.intoNoisy(z, SCHEDULE.levels(u_BF(), z), NOISE));
    assertThat(Tensors.toDoubles(known.intoNoisy(z, SCHEDULE.levels(u_BF(), z), NOISE)))
        .isEqualTo(one);
    Tensor other = Tensors.of(new double[] {0.5, 0.4, 0.8, 0.3}, 1, 4);
    Tensor moved = known.intoNoisy(z, SCHEDULE.levels(other, z), NOISE);
    Tensor before = Tensors.of(one, 1, 1, 4, 3, 3);
    for (int f : new int[] {0, 2, 3}) {
      assertThat(Tensors.toBytes(moved.select(2, f)))
          .isEqualTo(Tensors.toBytes(before.select(2, f)));
    }
    double ratio = SCHEDULE.sigma(0.4) / SCHEDULE.sigma(0.5);
    assertThat(
            moved.select(2, 1).sub(Ops.mul(before.select(2, 1), ratio)).abs().max().item_double())
        .as("other noise, not the same noise scaled")
        .isGreaterThan(0.1);
    // A window that moves on by two frames finds its frames' noise again.
    Noise later = new Noise(NOISE.streams(), 2);
    Tensor half = z.narrow(2, 2, 2);
    Tensor window =
        known
            .frames(2, 2)
            .intoNoisy(
                half, SCHEDULE.levels(Tensors.of(new double[] {0.8, 0.3}, 1, 2), half), later);
    assertThat(Tensors.toBytes(window)).isEqualTo(Tensors.toBytes(before.narrow(2, 2, 2)));
  }
}
