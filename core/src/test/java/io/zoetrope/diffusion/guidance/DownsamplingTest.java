package io.zoetrope.diffusion.guidance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

class DownsamplingTest {
  @Test
  void itKeepsConstantsAndAverages() {
    Scopes.run(this::check);
  }

  private void check() {
    Tensor like = Tensors.zeros(ScalarType.Double, 1);
    for (Downsampling kernel : Downsampling.values()) {
      for (long[] sizes : new long[][] {{8, 4}, {7, 3}, {5, 5}, {9, 1}, {6, 4}}) {
        Tensor m = kernel.matrix(sizes[0], sizes[1], like);
        for (double sum : Tensors.toDoubles(m.sum(1L))) {
          assertThat(sum).isCloseTo(1, within(1e-12));
        }
      }
    }
    assertThat(Tensors.toDoubles(Downsampling.AREA.matrix(4, 2, like)))
        .containsExactly(0.5, 0.5, 0, 0, 0, 0, 0.5, 0.5);
    // A triangle of 4 pixels at halves: 1, 3, 3, 1 eighths away from the borders.
    assertThat(Tensors.toDoubles(Downsampling.BILINEAR.matrix(8, 4, like).select(0, 1)))
        .containsExactly(0, 0.125, 0.375, 0.375, 0.125, 0, 0, 0);
  }
}
