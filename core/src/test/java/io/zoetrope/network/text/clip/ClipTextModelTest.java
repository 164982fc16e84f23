package io.zoetrope.network.text.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.Parity;
import io.zoetrope.checkpoint.JsonFiles;
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
import java.util.Optional;
import java.util.function.BiConsumer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClipTextModelTest {
  /** Runs a fixture's model. */
  static void with(String name, Precision precision, BiConsumer<ClipTextModel, Parity> body) {
    Scopes.run(() -> {
      try (Parity fixture = Parity.of("clip_text/" + name);
          SafetensorsFile file = Safetensors.open(fixture.folder().resolve("model.safetensors"))) {
        ClipTextConfig config =
            JsonFiles.read(fixture.folder().resolve("config.json"), ClipTextConfig.class);
        ParameterStore store =
            ParameterStore.forInference(ClipTextModel.named(file.tensors()), precision);
        ClipTextModel model = new ClipTextModel(config, store.root());
        store.requireComplete(name);
        body.accept(model, fixture);
        store.close();
      }
    });
  }

  @ParameterizedTest
  @ValueSource(strings = {"quick/prompts", "gelu/whole", "gelu/short", "gelu/masked"})
  void parity(String which) {
    String[] part = which.split("/", -1);
    with(
        part[0],
        Precision.F32,
        (model, fixture) -> {
          String at = part[1] + ".";
          Tensor ids = fixture.get(at + "ids");
          Optional<Tensor> mask =
              part[1].equals("masked")
                  ? Optional.of(fixture.get(at + "mask").to(ScalarType.Bool))
                  : Optional.empty();
          List<Tensor> states = model.states(ids, mask);
          fixture.check(at + "embedded", states.getFirst());
          fixture.check(at + "block0", states.get(1));
          ClipTextModel.Encoded encoded = model.encode(ids, mask, 0);
          fixture.check(at + "hidden", encoded.hidden_BND());
          fixture.check(at + "pooled", encoded.pooled_BD());
          for (int skip = 1; skip <= 2; skip++) {
            ClipTextModel.Encoded skipped = model.encode(ids, mask, skip);
            fixture.check(at + "skip" + skip, skipped.hidden_BND());
            fixture.check(at + "pooled", skipped.pooled_BD());
          }
        });
  }

  /** bf16 is no further from the f32 truth than the reference's own. */
  @ParameterizedTest
  @ValueSource(strings = {"quick/prompts", "gelu/whole"})
  void bf16(String which) {
    String[] part = which.split("/", -1);
    with(
        part[0],
        Precision.BF16,
        (model, fixture) -> {
          Tensor theirs = fixture.get(part[1] + ".hidden_bf16");
          Tensor ids = fixture.get(part[1] + ".ids").narrow(0, 0, theirs.size(0));
          Tensor truth = fixture.get(part[1] + ".hidden").narrow(0, 0, theirs.size(0));
          Tensor ours = model.encode(ids).hidden_BND();
          double reached = Parity.distance(ours, truth);
          double reference = Parity.distance(theirs, truth);
          System.out.printf("bf16 %s: %.1e, reference %.1e%n", which, reached, reference);
          assertThat(reached).isLessThanOrEqualTo(reference).isGreaterThan(0);
        });
  }

  @Test
  void aTokenSeesNothingBehindIt() {
    with(
        "gelu",
        Precision.F32,
        (model, fixture) -> {
          Tensor ids = fixture.get("whole.ids");
          Tensor cut = model.encode(ids.narrow(1, 0, 11)).hidden_BND();
          Tensor whole = model.encode(ids).hidden_BND().narrow(1, 0, 11);
          assertThat(Parity.distance(cut, whole)).isLessThan(1e-5);
        });
  }

  @Test
  void moreTokensThanPositionsAreRefused() {
    with(
        "gelu",
        Precision.F32,
        (model, fixture) ->
            assertThatThrownBy(() -> model.encode(Tensors.zeros(ScalarType.Long, 1, 24)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("24 tokens"));
  }

  @Test
  void configsOfOtherModelsAreRefused(@TempDir Path folder) throws Exception {
    for (String wrong :
        List.of(
            "{\"hidden_act\": \"relu\"}",
            "{\"hidden_size\": 10, \"num_attention_heads\": 3}",
            "{\"vocab_size\": 0}",
            "{\"num_hidden_layers\": \"many\"}",
            "{\"eos_token_id\": [1, 2]}",
            "{\"layer_norm_eps\": 0}")) {
      Path file = Files.writeString(folder.resolve("config.json"), wrong);
      assertThatThrownBy(() -> JsonFiles.read(file, ClipTextConfig.class))
          .as(wrong)
          .isInstanceOf(UserError.class)
          .hasMessageContaining("config.json");
    }
  }

  @Test
  void whatAConfigLeavesOutIsAsInTheFirstClip(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("config.json"), "{}");
    assertThat(JsonFiles.read(file, ClipTextConfig.class))
        .isEqualTo(
            new ClipTextConfig(
                49408, 77, 512, 2048, 12, 8, ClipTextConfig.Activation.QUICK_GELU, 1e-5, 49407));
  }
}
