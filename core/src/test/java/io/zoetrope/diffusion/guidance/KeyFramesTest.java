package io.zoetrope.diffusion.guidance;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.diffusion.Denoiser;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Along;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.condition.Nothing;
import io.zoetrope.diffusion.condition.Slot;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class KeyFramesTest {
  private static final Slot<String> PASS = Slot.setting("pass", String.class);
  private static final Slot<Tensor> NUMBER =
      Slot.tensor("number", Along.PLACE, "BCFHW", Nothing.SAME);

  @Test
  void keyFramesAreEveryWindowAndTheLast() {
    assertThat(KeyFrames.of(1)).containsExactly(0);
    assertThat(KeyFrames.of(2)).containsExactly(0, 1);
    assertThat(KeyFrames.of(3)).containsExactly(0, 2);
    assertThat(KeyFrames.of(8)).containsExactly(0, 2, 4, 6, 7);
    assertThat(KeyFrames.of(25)).containsExactly(0, 4, 8, 12, 16, 20, 24);
    assertThat(KeyFrames.of(27)).containsExactly(0, 4, 8, 12, 16, 20, 24, 26);
  }

  @Test
  void keyFramesAreAskedTogetherAndTheOthersBesideBothOfTheirs() {
    List<String> asked = new ArrayList<>();
    Denoiser network =
        (z, t_BF, c) -> {
          asked.add(
              c.get(PASS).orElseThrow()
                  + java.util.Arrays.toString(Tensors.toFloats(c.get(NUMBER).orElseThrow())));
          return Ops.mul(c.get(NUMBER).orElseThrow(), 2);
        };
    X0Denoiser base = X0Denoiser.of(network, NoiseSchedule.flow(1), Prediction.X0);
    KeyFrames keys =
        new KeyFrames(
            base,
            Conditioning.none().with(PASS, "keys"),
            Conditioning.none().with(PASS, "between"));
    Scopes.run(() -> {
      float[] count = {0, 1, 2, 3, 4, 5, 6, 7};
      Tensor z = Tensors.of(count, 1, 1, 8, 1, 1);
      Tensor made = keys.x0(z, Tensors.full(0.5, 1, 1), Conditioning.none().with(NUMBER, z));
      assertThat(Tensors.toFloats(made)).containsExactly(0, 2, 4, 6, 8, 10, 12, 14);
      assertThat(asked)
          .containsExactly(
              "keys[0.0, 2.0, 4.0, 6.0, 7.0]",
              "between[0.0, 1.0, 2.0]",
              "between[2.0, 3.0, 4.0]",
              "between[4.0, 5.0, 6.0]");
    });
  }
}
