package io.zoetrope.eval.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.error.UserError;
import io.zoetrope.eval.Reference;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class ExtractorsTest {
  /** Files that Python wrote give what Python computed. */
  @ParameterizedTest
  @ValueSource(strings = {"plain", "switched"})
  void torchScriptFilesRun(String name) {
    JsonNode expected = Reference.expected().get(name);
    try (VideoFeatures extractor = TorchScriptFeatures.load(Reference.file(name + ".pt"))) {
      Scopes.run(() -> {
        Tensor video = Reference.wave(0.37, 0.011, 2, 3, 8, 12, 14);
        Tensor features = extractor.features(video);
        assertThat(Tensors.shape(features))
            .containsExactly(
                expected.get("shape").get(0).longValue(), expected.get("shape").get(1).longValue());
        double[] got = Tensors.toDoubles(features);
        for (int i = 0; i < got.length; i++) {
          assertThat(got[i]).isCloseTo(expected.get("features").get(i).doubleValue(), within(1e-5));
        }
      });
      assertThat(extractor.name()).isEqualTo(name + ".pt");
    }
  }

  @Test
  void whatIsNoTorchScriptIsSaidSo(@TempDir Path folder) throws IOException {
    Path text = Files.writeString(folder.resolve("model.pt"), "I am text");
    assertThatThrownBy(() -> TorchScriptFeatures.load(text))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("no TorchScript file");
    assertThatThrownBy(() -> TorchScriptFeatures.load(folder.resolve("none.pt")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("there is no");
    assertThatThrownBy(() -> ClassifierFeatures.load(folder))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("toybox-classifier.yaml");
  }

  /** A video that is too short for the network: one line. */
  @Test
  void complaintsOfTheNetworkAreOneLine() {
    try (VideoFeatures extractor = TorchScriptFeatures.load(Reference.file("plain.pt"))) {
      Scopes.run(() ->
          assertThatThrownBy(() -> extractor.features(Tensors.zeros(1, 3, 1, 8, 8)))
              .isInstanceOf(UserError.class)
              .matches(e -> String.valueOf(e.getMessage()).lines().count() == 1)
              .hasMessageContaining("plain.pt"));
    }
  }
}
