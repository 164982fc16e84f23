package io.zoetrope.network.vision;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.Parity;
import io.zoetrope.checkpoint.JsonFiles;
import io.zoetrope.checkpoint.WeightSource;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.error.UserError;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClipVisionModelTest {
  private static void with(String name, BiConsumer<ClipVisionModel, Parity> body) {
    Scopes.run(() -> {
      try (Parity fixture = Parity.of("clip_vision/" + name);
          SafetensorsFile file = Safetensors.open(fixture.folder().resolve("model.safetensors"))) {
        WeightSource weights =
            WeightSource.of("image_encoder", name, file.tensors(), ClipVisionModel::name);
        ParameterStore store = ParameterStore.forInference(weights.tensors(), Precision.F32);
        ClipVisionConfig config =
            JsonFiles.read(fixture.folder().resolve("config.json"), ClipVisionConfig.class);
        ClipVisionModel model = new ClipVisionModel(config, store.root());
        weights.report(store).requireWhole();
        body.accept(model, fixture);
        store.close();
      }
    });
  }

  @ParameterizedTest
  @ValueSource(strings = {"gelu", "quick"})
  void parity(String name) {
    with(
        name,
        (model, fixture) -> {
          fixture.check("block0", model.states(fixture.get("x")).getFirst());
          ClipVisionModel.Encoded encoded = model.encode(fixture.get("x"));
          fixture.check("embedded", encoded.embedded_BE());
          fixture.check("tokens", encoded.tokens_BND());
          int side = model.config().side();
          fixture.check("nothing", model.encode(Tensors.zeros(1, 3, side, side)).tokens_BND());
        });
  }

  @Test
  void picturesOfAnotherSizeAreRefused() {
    with(
        "gelu",
        (model, fixture) ->
            assertThatThrownBy(() -> model.encode(Tensors.zeros(1, 3, 28, 30)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("28, 30"));
  }

  @Test
  void configsOfOtherModelsAreRefused(@TempDir Path folder) throws Exception {
    for (String wrong :
        List.of(
            "{\"hidden_act\": \"relu\"}",
            "{\"hidden_size\": 10, \"num_attention_heads\": 3}",
            "{\"image_size\": 225}",
            "{\"patch_size\": \"many\"}",
            "{\"num_hidden_layers\": 1}",
            "{\"layer_norm_eps\": 0}")) {
      Path file = Files.writeString(folder.resolve("config.json"), wrong);
      assertThatThrownBy(() -> JsonFiles.read(file, ClipVisionConfig.class))
          .as(wrong)
          .isInstanceOf(UserError.class)
          .hasMessageContaining("config.json");
    }
  }
}
