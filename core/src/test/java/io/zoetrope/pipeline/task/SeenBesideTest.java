package io.zoetrope.pipeline.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.diffusion.NoiseLevel;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.guidance.Downsampling;
import io.zoetrope.pipeline.family.Beside;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class SeenBesideTest {
  private static float[] slow(Beside.Fill fill) {
    return Scopes.value(() ->
        Tensors.toFloats(
            SeenBeside.slow(
                new Beside.Slower(3, fill, false),
                Tensors.of(new double[] {1, 2}, 1, 1, 2, 1, 1))));
  }

  @Test
  void framesAreRepeatedOrLeftBlank() {
    assertThat(slow(Beside.Fill.REPEAT)).containsExactly(1, 1, 1, 2, 2, 2);
    assertThat(slow(Beside.Fill.BLANK)).containsExactly(1, 0, 0, 2, 0, 0);
  }

  @Test
  void smallIsTheMeanAndEnlargedIsBilinear() {
    Scopes.run(() -> {
      Beside.Smaller kind = new Beside.Smaller(Downsampling.AREA, 2, false);
      Tensor row = Tensors.of(new double[] {0, 2, 4, 8}, 1, 1, 1, 1, 4);
      Tensor small = SeenBeside.small(kind, row.expand(1, 1, 1, 4, 4));
      assertThat(Tensors.toFloats(small)).containsExactly(1, 6, 1, 6);
      // Half a small pixel outside is its neighbour once more; a quarter and three between.
      assertThat(Tensors.toFloats(SeenBeside.enlarged(kind, small).narrow(3, 0, 1)))
          .containsExactly(1, 2.25f, 4.75f, 6);
    });
  }

  @Test
  void levelsAreToldAsLogSnrUnderEverySchedule() {
    for (NoiseSchedule schedule :
        new NoiseSchedule[] {NoiseSchedule.flow(2), NoiseSchedule.karras()}) {
      NoiseLevel level = schedule.at(schedule.level(Math.log(5)));
      assertThat(SeenBeside.told(level)).isCloseTo(Math.log(5), within(1e-6));
      assertThat(level.snr()).isCloseTo(5, within(1e-5));
    }
    assertThat(SeenBeside.told(NoiseSchedule.flow(1).at(0))).isEqualTo(20);
  }
}
