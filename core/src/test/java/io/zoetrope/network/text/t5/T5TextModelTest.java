package io.zoetrope.network.text.t5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.Parity;
import io.zoetrope.checkpoint.JsonFiles;
import io.zoetrope.checkpoint.WeightSource;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.error.UserError;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.nn.RelativeBias;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class T5TextModelTest {
  /** Runs a fixture's model. */
  static void with(String name, Precision precision, BiConsumer<T5TextModel, Parity> body) {
    Scopes.run(() -> {
      try (Parity fixture = Parity.of("t5/" + name);
          SafetensorsFile file = Safetensors.open(fixture.folder().resolve("model.safetensors"))) {
        T5Config config = JsonFiles.read(fixture.folder().resolve("config.json"), T5Config.class);
        ParameterStore store = ParameterStore.forInference(file.tensors(), precision);
        T5TextModel model = new T5TextModel(config, store.root());
        store.requireComplete(name);
        body.accept(model, fixture);
        store.close();
      }
    });
  }

  @ParameterizedTest
  @ValueSource(strings = {"gated", "relu", "umt5"})
  void parity(String name) {
    with(
        name,
        Precision.F32,
        (model, fixture) -> {
          Tensor ids = fixture.get("ids");
          Optional<Tensor> mask = Optional.of(fixture.get("mask").to(ScalarType.Bool));
          fixture.check("block0", model.states(ids, mask).get(1));
          fixture.check("hidden", model.encode(ids, mask));
          fixture.check("whole.hidden", model.encode(ids.narrow(0, 1, 1), Optional.empty()));
        });
  }

  /** Tokens that do not count need not be there. */
  @ParameterizedTest
  @ValueSource(strings = {"gated", "umt5"})
  void theTokensThatCountAreTheSameWithoutTheOthers(String name) {
    with(
        name,
        Precision.F32,
        (model, fixture) -> {
          Tensor expected = fixture.get("hidden");
          for (int[] row : new int[][] {{0, 5}, {2, 17}}) {
            Tensor alone =
                model.encode(
                    fixture.get("ids").narrow(0, row[0], 1).narrow(1, 0, row[1]), Optional.empty());
            assertThat(Parity.distance(alone, expected.narrow(0, row[0], 1).narrow(1, 0, row[1])))
                .isLessThan(Parity.MARK);
          }
        });
  }

  /** bf16 is no further from the f32 truth than the reference's own. */
  @ParameterizedTest
  @ValueSource(strings = {"gated", "relu", "umt5"})
  void bf16(String name) {
    with(
        name,
        Precision.BF16,
        (model, fixture) ->
            fixture.checkBf16(
                "whole.hidden",
                model.encode(fixture.get("ids").narrow(0, 1, 1), Optional.empty())));
  }

  @ParameterizedTest
  @ValueSource(strings = {"32.128", "8.20", "16.100"})
  void distancesFallIntoTheBucketsOfTheReference(String which) {
    Scopes.run(() -> {
      try (Parity fixture = Parity.of("t5/gated")) {
        String[] shape = which.split("\\.", -1);
        int buckets = Integer.parseInt(shape[0]);
        float[] rows = new float[buckets];
        for (int i = 0; i < buckets; i++) {
          rows[i] = i;
        }
        RelativeBias bias =
            new RelativeBias(Tensors.of(rows, buckets, 1), Integer.parseInt(shape[1]));
        long[] expected = Tensors.toLongs(fixture.get("buckets." + which));
        for (int i = 0; i < expected.length; i++) {
          float distance = i - 300;
          float[] said = Tensors.toFloats(bias.between(new float[] {0, distance}));
          assertThat(said[1]).as("distance %s", distance).isEqualTo(expected[i]);
        }
      }
    });
  }

  @Test
  void theTableOfTokensMayBeThereUnderBothItsNames() {
    Scopes.run(() -> {
      try (Parity fixture = Parity.of("t5/gated");
          SafetensorsFile file = Safetensors.open(fixture.folder().resolve("model.safetensors"))) {
        Map<String, Tensor> both = new LinkedHashMap<>(file.tensors());
        Tensor table = Objects.requireNonNull(both.get("shared.weight"));
        both.put("encoder.embed_tokens.weight", table.clone());
        assertThat(WeightSource.of("text_encoder", "it", both, T5TextModel::name).tensors())
            .hasSameSizeAs(file.tensors());
        both.remove("shared.weight");
        assertThat(WeightSource.of("text_encoder", "it", both, T5TextModel::name).tensors())
            .containsKey("shared.weight");
        both.put("shared.weight", table.neg());
        assertThatThrownBy(() -> WeightSource.of("text_encoder", "it", both, T5TextModel::name))
            .isInstanceOf(UserError.class)
            .hasMessageContaining("encoder.embed_tokens.weight");
      }
    });
  }

  @Test
  void configsOfOtherModelsAreRefused(@TempDir Path folder) throws Exception {
    for (String wrong :
        List.of(
            "{\"feed_forward_proj\": \"gated-tanh\"}",
            "{\"d_model\": 0}",
            "{\"vocab_size\": \"many\"}",
            "{\"relative_attention_num_buckets\": 7}",
            "{\"relative_attention_max_distance\": 8}",
            "{\"layer_norm_epsilon\": 0}")) {
      Path file = Files.writeString(folder.resolve("config.json"), wrong);
      assertThatThrownBy(() -> JsonFiles.read(file, T5Config.class))
          .as(wrong)
          .isInstanceOf(UserError.class)
          .hasMessageContaining("config.json");
    }
  }
}
