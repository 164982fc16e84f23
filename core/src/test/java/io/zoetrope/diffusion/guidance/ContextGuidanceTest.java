package io.zoetrope.diffusion.guidance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** The mean of what is shown, led away from by what is made of nothing. */
class ContextGuidanceTest {
  private final AtomicInteger asked = new AtomicInteger();

  /** Says x0 itself: half of what it sees, and 0.5. */
  private final X0Denoiser base =
      X0Denoiser.of(
          (input, t_BF, c) -> {
            asked.incrementAndGet();
            Tensor seen = input.narrow(1, 3, 1).expand(Tensors.shape(input.narrow(1, 0, 3)));
            return seen.mul(Tensors.full(0.5, 1)).add(Tensors.full(0.5, 1));
          },
          NoiseSchedule.cosine(),
          Prediction.X0);

  private double made(double scale, double context) {
    asked.set(0);
    return Scopes.value(() -> {
      Tensor shown = Tensors.full(context, 1, 1, 2, 4, 4);
      Tensor z = Tensors.full(0.1, 1, 3, 2, 4, 4);
      Tensor x0 =
          new ContextGuidance(base, scale)
              .showing(Conditioning.BESIDE, shown)
              .x0(z, Tensors.full(0.5, 1, 2), Conditioning.none());
      return x0.mean().item_double();
    });
  }

  @Test
  void itIsTheEquationOfThePaper() {
    // None is 0.5, shown is 0.5 + 0.5 * 2.
    assertThat(made(2.5, 2)).isCloseTo(0.5 + 2.5 * 1.0, within(1e-6));
    assertThat(asked).hasValue(2);
    assertThat(made(0, 2)).isCloseTo(0.5, within(1e-6));
    assertThat(asked).hasValue(1);
    assertThat(made(1, 2)).isCloseTo(1.5, within(1e-6));
    assertThat(asked).hasValue(1);
    assertThat(made(4, 0)).isCloseTo(0.5, within(1e-6));
    assertThat(asked).as("nothing is known").hasValue(1);
    assertThatThrownBy(() -> new ContextGuidance(base, -1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
