package io.zoetrope.network.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.error.UserError;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class VideoClassifierTest {
  private static ClassifierConfig tiny() {
    SequencedMap<String, List<String>> heads = new LinkedHashMap<>();
    heads.put("shape", List.of("ball", "square", "star"));
    heads.put("count", List.of("1", "2"));
    return ClassifierConfig.size("tiny").withHeads(heads);
  }

  private static Tensor noise(long... shape) {
    try (RandomStream random = new RandomStreams(5).stream("x")) {
      return random.normal(shape);
    }
  }

  private static VideoClassifier network() {
    return new VideoClassifier(
        tiny(), ParameterStore.forTraining(Map.of(), new RandomStreams(1), Precision.F32).root());
  }

  @Test
  void featuresAndAnswersHaveTheirShapes() {
    Scopes.run(() -> {
      Tensor features = network().features(noise(2, 3, 5, 16, 16));
      assertThat(Tensors.shape(features)).containsExactly(2, 16);
      VideoClassifier same = network();
      assertThat(Tensors.shape(same.logits(features).firstEntry().getValue()))
          .containsExactly(2, 3);
      assertThat(same.logits(features).keySet()).containsExactly("shape", "count");
    });
  }

  /** A larger picture is averaged down, and clips of a batch do not see each other. */
  @Test
  void sizeAndBatchDoNotMatter() {
    Scopes.run(() -> {
      VideoClassifier network = network();
      Tensor x = noise(2, 3, 4, 16, 16);
      Tensor large = torch.upsample_nearest3d(x, new long[] {4, 32, 32});
      Tensor features = network.features(x);
      assertThat(close(network.features(large), features)).isTrue();
      assertThat(close(network.features(x.narrow(0, 1, 1)), features.narrow(0, 1, 1))).isTrue();
    });
  }

  /** Without temporal layers the order of frames would not matter; here it does. */
  @Test
  void timeHasADirection() {
    Scopes.run(() -> {
      VideoClassifier network = network();
      Tensor x = noise(1, 3, 6, 16, 16);
      assertThat(close(network.features(x.flip(2)), network.features(x))).isFalse();
    });
  }

  @Test
  void badShapesAreNamed() {
    assertThatThrownBy(() -> ClassifierConfig.size("huge"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("[tiny, toybox]");
    assertThatThrownBy(() -> new ClassifierConfig(20, 4, List.of(8, 8), 1, new LinkedHashMap<>()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("multiple of 8");
  }

  private static boolean close(Tensor a, Tensor b) {
    return torch.allclose(a, b, 1e-4, 1e-5, false);
  }
}
