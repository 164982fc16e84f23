package io.zoetrope.eval.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AestheticsHeadTest {
  private static final int[] PLACES = {0, 2, 4, 6, 7};
  private static final int[] SIZES = {1024, 128, 64, 16, 1};

  /** Small whole numbers, of which few of a row are not 0: sums of them are exact in f32. */
  private static int weight(int layer, int row, int column) {
    return (row + column) % (3 + layer) == 0 ? (row + 2 * column + layer) % 3 - 1 : 0;
  }

  private static int bias(int layer, int row) {
    return (row + layer) % 4 - 1;
  }

  /** A head of so many features. */
  private static Map<String, Tensor> head(int width) {
    Map<String, Tensor> all = new LinkedHashMap<>();
    int in = width;
    for (int k = 0; k < PLACES.length; k++) {
      float[] weights = new float[SIZES[k] * in];
      float[] biases = new float[SIZES[k]];
      for (int i = 0; i < SIZES[k]; i++) {
        biases[i] = bias(k, i);
        for (int j = 0; j < in; j++) {
          weights[i * in + j] = weight(k, i, j);
        }
      }
      all.put("layers.%s.weight".formatted(PLACES[k]), Tensors.of(weights, SIZES[k], in));
      all.put("layers.%s.bias".formatted(PLACES[k]), Tensors.of(biases, SIZES[k]));
      in = SIZES[k];
    }
    return all;
  }

  /** Twice what the head says of a unit vector whose numbers are halves. */
  private static long twice(int... halves) {
    long[] x = new long[halves.length];
    for (int j = 0; j < x.length; j++) {
      x[j] = halves[j];
    }
    for (int k = 0; k < SIZES.length; k++) {
      long[] y = new long[SIZES[k]];
      for (int i = 0; i < y.length; i++) {
        y[i] = 2L * bias(k, i);
        long most = Math.abs(y[i]);
        for (int j = 0; j < x.length; j++) {
          y[i] += weight(k, i, j) * x[j];
          most += Math.abs(weight(k, i, j) * x[j]);
        }
        assertThat(most).isLessThan(1 << 24);
      }
      x = y;
    }
    return x[0];
  }

  private static Path write(Path folder, int width, Consumer<Map<String, Tensor>> change) {
    Path file = folder.resolve("aesthetics.safetensors");
    Scopes.run(() -> {
      Map<String, Tensor> all = head(width);
      change.accept(all);
      Safetensors.write(file, all, Map.of());
    });
    return file;
  }

  @Test
  void scoresAreThoseOfTheLayersOneAfterTheOther(@TempDir Path folder) {
    Path file = write(folder, 4, all -> {});
    Scopes.run(() -> {
      try (AestheticsHead head = AestheticsHead.load(file)) {
        assertThat(head.width()).isEqualTo(4);
        // Whatever their lengths are, they count as halves.
        float[] seen = {3, 3, -3, 3, 0.25f, 0.25f, 0.25f, -0.25f, 0, 0, 0, 0};
        double[] scores = Tensors.toDoubles(head.scores(Tensors.of(seen, 3, 4)));
        assertThat(scores)
            .containsExactly(
                twice(1, 1, -1, 1) / 2.0, twice(1, 1, 1, -1) / 2.0, twice(0, 0, 0, 0) / 2.0);
        assertThat(scores).doesNotHaveDuplicates();
      }
    });
  }

  static Stream<Arguments> wrong() {
    return Stream.of(
        Arguments.of(
            "no head",
            "has no matrix 'layers.0.weight': it is no aesthetics head",
            (Consumer<Map<String, Tensor>>)
                all -> {
                  Tensor some = all.remove("layers.0.weight");
                  all.put("linear.weight", some);
                }),
        Arguments.of(
            "a layer less",
            "lacks 2 of 10 weights, first 'layers.6.weight'",
            (Consumer<Map<String, Tensor>>)
                all -> {
                  all.remove("layers.6.weight");
                  all.remove("layers.6.bias");
                }),
        Arguments.of(
            "a layer more",
            "has 1 weights that the model does not know, first 'layers.9.weight'",
            (Consumer<Map<String, Tensor>>) all -> all.put("layers.9.weight", Tensors.zeros(1, 1))),
        Arguments.of(
            "a layer of another size",
            "weight 'layers.2.weight' has shape [64, 1024] where the model needs [128, 1024]",
            (Consumer<Map<String, Tensor>>)
                all -> all.put("layers.2.weight", Tensors.zeros(64, 1024))),
        Arguments.of(
            "a vector in place of a matrix",
            "has no matrix 'layers.0.weight'",
            (Consumer<Map<String, Tensor>>) all -> all.put("layers.0.weight", Tensors.zeros(7))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrong")
  void otherFilesAreRefused(
      String what, String why, Consumer<Map<String, Tensor>> change, @TempDir Path folder) {
    Path file = write(folder, 6, change);
    assertThatThrownBy(() -> AestheticsHead.load(file))
        .isInstanceOfSatisfying(
            UserError.class, error -> assertThat(error.fault()).isEqualTo(Fault.MISMATCH))
        .hasMessageContaining(why)
        .hasMessageStartingWith(file.toString());
  }
}
