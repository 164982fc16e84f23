package io.zoetrope.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.Parity;
import io.zoetrope.error.UserError;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttentionKernelTest {
  private static Tensor normal(String name, long... shape) {
    try (RandomStream stream = new RandomStreams(7).stream(name)) {
      return stream.normal(shape);
    }
  }

  /** From one query at a time, over some heads or rows of the batch, to all at once. */
  @ParameterizedTest
  @ValueSource(longs = {1, 100, 300, 700, 2000, 1L << 30})
  void slicesAreTheWhole(long bytes) {
    Scopes.run(() -> {
      AttentionKernel sliced = new AttentionKernel.Sliced(bytes);
      Tensor q = normal("q", 2, 3, 7, 4);
      Tensor k = normal("k", 2, 3, 5, 4);
      Tensor v = normal("v", 2, 3, 5, 4);
      List<Optional<Tensor>> masks =
          List.of(
              Optional.empty(),
              Optional.of(normal("bias", 3, 7, 5)),
              Optional.of(normal("bias", 2, 1, 7, 5)),
              Optional.of(normal("some", 2, 1, 1, 5).gt(new Scalar(-0.5))));
      for (Optional<Tensor> mask : masks) {
        Tensor expected = AttentionKernel.FUSED.attend(q, k, v, mask);
        Tensor actual = sliced.attend(q, k, v, mask);
        assertThat(Tensors.shape(actual)).isEqualTo(Tensors.shape(expected));
        assertThat(Parity.distance(actual, expected)).isLessThan(2e-6);
      }
      // Attention over frames has an axis more.
      Tensor x = normal("x", 2, 6, 3, 5, 4);
      Optional<Tensor> bias = Optional.of(normal("frames", 2, 1, 1, 5, 5));
      Tensor frames = sliced.attend(x, x, x, bias);
      assertThat(Parity.distance(frames, AttentionKernel.FUSED.attend(x, x, x, bias)))
          .isLessThan(2e-6);
    });
  }

  @Test
  void kernelsHaveNames() {
    assertThat(AttentionKernel.of("fused")).isEqualTo(AttentionKernel.FUSED);
    assertThat(AttentionKernel.of("sliced:8")).isEqualTo(new AttentionKernel.Sliced(8 << 20));
    for (String bad : List.of("flash", "sliced:0", "sliced:x", "8")) {
      assertThatThrownBy(() -> AttentionKernel.of(bad))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("use fused, sliced");
    }
  }
}
