package io.zoetrope.network.wan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.Parity;
import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.JsonFiles;
import io.zoetrope.checkpoint.WeightSet;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.UserError;
import io.zoetrope.network.PictureSlots;
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
import tools.jackson.databind.JsonNode;

class WanParityTest {
  private static void with(
      String name, Precision precision, BiConsumer<WanTransformer, Parity> body) {
    Scopes.run(() -> {
      try (Parity fixture = Parity.of("wan/" + name)) {
        Component files = Component.diffusion(fixture.folder());
        WanConfig config = files.config(WanConfig.class);
        assertThat(files.className()).isEqualTo(config.kind().title());
        try (WeightSet weights = files.open(Optional.empty())) {
          ParameterStore store = ParameterStore.forInference(weights.tensors(), precision);
          WanTransformer network = config.build(store.root());
          store.requireComplete(name);
          Scopes.noGrad(() -> {
            body.accept(network, fixture);
            return network;
          });
          store.close();
        }
      }
    });
  }

  private static void with(String name, BiConsumer<WanTransformer, Parity> body) {
    with(name, Precision.F32, body);
  }

  private static Conditioning told(Parity fixture) {
    Conditioning text = Conditioning.text(fixture.get("text"));
    if (!fixture.io().tensors().containsKey("pictures")) {
      return text;
    }
    // Two pictures of a clip are one row of tokens.
    long clips = fixture.get("text").size(0);
    Tensor shown = fixture.get("pictures");
    return text.with(PictureSlots.TOKENS, shown.reshape(clips, 1, -1, shown.size(2)));
  }

  /** A clip's one level, for each of its frames. */
  private static Tensor levels(Parity fixture) {
    Tensor t_B = fixture.get("t").to(ScalarType.Float);
    return t_B.unsqueeze(1).expand(t_B.size(0), fixture.get("z").size(2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"t2v", "odd", "i2v", "flf"})
  void parity(String name) {
    with(
        name,
        (network, fixture) -> {
          Tensor z = fixture.get("z");
          fixture.check("out", network.predict(z, levels(fixture), told(fixture)));
          for (String levels : List.of("frames", "equal")) {
            Tensor t_BF = fixture.get("t." + levels);
            fixture.check("out." + levels, network.predict(z, t_BF, told(fixture)));
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"t2v", "odd"})
  void inHalfPrecision(String name) {
    with(
        name,
        Precision.BF16,
        (network, fixture) ->
            fixture.checkBf16(
                "out", network.predict(fixture.get("z"), levels(fixture), told(fixture))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"skyreels", "skyreels_14b"})
  void skyReels(String name) {
    with(
        name,
        (network, fixture) -> {
          Tensor z = fixture.get("z");
          for (int fps : new int[] {16, 24}) {
            Conditioning told = told(fixture).with(Conditioning.RATE, Tensors.full(fps, 1));
            fixture.check("out." + fps, network.predict(z, levels(fixture), told));
            Tensor t_BF = fixture.get("t.frames");
            fixture.check("out.frames." + fps, network.predict(z, t_BF, told));
          }
        });
  }

  /** A block of two latents sees itself and those before it. */
  @ParameterizedTest
  @ValueSource(strings = {"skyreels", "skyreels_14b"})
  void blocksSeeThoseBefore(String name) {
    Scopes.run(() -> {
      try (Parity fixture = Parity.of("wan/" + name)) {
        Component files = Component.diffusion(fixture.folder());
        WanConfig whole = files.config(WanConfig.class);
        WanConfig config = WanConfig.of(blocks(files.config(JsonNode.class)));
        assertThat(config.block()).isEqualTo(2);
        assertThat(whole.block()).isEqualTo(1);
        try (WeightSet weights = files.open(Optional.empty())) {
          ParameterStore store = ParameterStore.forInference(weights.tensors(), Precision.F32);
          WanTransformer network = config.build(store.root());
          Tensor made =
              Scopes.noGrad(
                  () -> network.predict(fixture.get("z"), fixture.get("t.frames"), told(fixture)));
          fixture.check("out.blocks", made);
          assertThatThrownBy(() ->
                  network.predict(
                      fixture.get("z").narrow(2, 0, 3),
                      fixture.get("t.frames").narrow(1, 0, 3),
                      told(fixture)))
              .isInstanceOf(UserError.class)
              .hasMessageContaining("blocks of 2 latents, into which 3 do not split");
          store.close();
        }
      }
    });
  }

  private static JsonNode blocks(JsonNode json) {
    return json.deepCopy().asObject().put("num_frame_per_block", 2);
  }

  @Test
  void vace() {
    with(
        "vace",
        (network, fixture) -> {
          Tensor z = Tensors.cat(List.of(fixture.get("z"), fixture.get("control")), 1);
          fixture.check("out", network.predict(z, levels(fixture), told(fixture)));
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"t2v", "flf", "vace", "skyreels"})
  void aConfigIsReadAsItIsWritten(String name, @TempDir Path folder) {
    try (Parity fixture = Parity.of("wan/" + name)) {
      WanConfig config = Component.diffusion(fixture.folder()).config(WanConfig.class);
      Path file = folder.resolve("config.json");
      JsonFiles.write(file, config);
      assertThat(JsonFiles.read(file, WanConfig.class)).isEqualTo(config);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"patch_size\": [2, 2, 2]",
        "\"qk_norm\": \"layer_norm\"",
        "\"eps\": 0.1",
        "\"num_layers\": 0",
        "\"attention_head_dim\": 9",
        "\"freq_dim\": 15",
        "\"in_channels\": 2, \"out_channels\": 4",
        "\"image_dim\": 1280",
        "\"added_kv_proj_dim\": 5120",
        "\"_class_name\": \"WanVACETransformer3DModel\", \"vace_layers\": [1, 2]",
        "\"_class_name\": \"WanVACETransformer3DModel\", \"vace_layers\": [0, 40]",
      })
  void whatIsNotKnownIsRefused(String field, @TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("config.json"), "{" + field + "}");
    assertThatThrownBy(() -> JsonFiles.read(file, WanConfig.class)).isInstanceOf(UserError.class);
  }
}
