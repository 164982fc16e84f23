package io.zoetrope.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Whichever of input, gain and bias of a norm learn, their gradients are the same. Where the input
 * of libtorch's group norm does not, and its channels lie next to each other, the process dies.
 */
class NormGradientsTest {
  private static final int ALL = 7;

  @ParameterizedTest
  @CsvSource({"layer, 1", "layer, 77", "group, 1", "group, 8", "group last, 1", "group last, 8"})
  void areTheSameWhateverElseLearns(String kind, int side) {
    Scopes.run(() -> {
      List<Optional<Tensor>> whole = gradients(kind, side, ALL);
      for (int learning = 1; learning < ALL; learning++) {
        List<Optional<Tensor>> some = gradients(kind, side, learning);
        for (int i = 0; i < some.size(); i++) {
          boolean learns = (learning & 1 << i) != 0;
          assertThat(some.get(i).isPresent()).isEqualTo(learns);
          if (learns) {
            assertThat(Tensors.toFloats(some.get(i).orElseThrow()))
                .isEqualTo(Tensors.toFloats(whole.get(i).orElseThrow()));
          }
        }
      }
    });
  }

  /** Of input, gain and bias, where bits say which learn. */
  private static List<Optional<Tensor>> gradients(String kind, int side, int learning) {
    Tensor x = leaf("x", learning & 1, 3, 16, side, 4);
    Tensor gain = leaf("gain", learning & 2, kind.equals("layer") ? 4 : 16);
    Tensor bias = leaf("bias", learning & 4, kind.equals("layer") ? 4 : 16);
    Tensor y =
        switch (kind) {
          case "layer" -> Ops.layerNorm(x, Optional.of(gain), Optional.of(bias), 1e-5);
          case "group" -> Ops.groupNorm(x, 4, Optional.of(gain), Optional.of(bias), 1e-5);
          default ->
              Ops.groupNorm(Ops.channelsLast(x), 4, Optional.of(gain), Optional.of(bias), 1e-5);
        };
    Autograd.backward(y, normal("dy", 3, 16, side, 4));
    return List.of(Autograd.gradient(x), Autograd.gradient(gain), Autograd.gradient(bias));
  }

  private static Tensor leaf(String name, int learns, long... shape) {
    return normal(name, shape).set_requires_grad(learns != 0);
  }

  private static Tensor normal(String name, long... shape) {
    try (RandomStream stream = new RandomStreams(4).stream(name)) {
      return stream.normal(shape);
    }
  }
}
