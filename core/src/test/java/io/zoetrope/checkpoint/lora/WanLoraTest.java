package io.zoetrope.checkpoint.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.Parity;
import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.WeightSet;
import io.zoetrope.checkpoint.keys.WanNames;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.UserError;
import io.zoetrope.network.wan.WanConfig;
import io.zoetrope.network.wan.WanTransformer;
import io.zoetrope.nn.LoraStack;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** LoRAs of Wan in the dialects that people have; made by {@code reference/make_wan_lora.py}. */
class WanLoraTest {
  private static final int LAYERS = 6;

  /** A network and its store. */
  private record Built(WanTransformer network, ParameterStore store) {
    Tensor answer(Parity io) {
      return Scopes.noGrad(() ->
          network.predict(io.get("z"), io.get("t.frames"), Conditioning.text(io.get("text"))));
    }
  }

  private static void with(BiConsumer<Built, Parity> body) {
    Scopes.run(() -> {
      try (Parity io = Parity.of("wan_lora");
          Parity base = Parity.of("wan/t2v")) {
        Component files = Component.diffusion(base.folder());
        try (WeightSet weights = files.open(Optional.empty())) {
          ParameterStore store = ParameterStore.forInference(weights.tensors(), Precision.F32);
          body.accept(new Built(files.config(WanConfig.class).build(store.root()), store), io);
          store.close();
        }
      }
    });
  }

  private static LoraReport put(LoraStack stack, LoraFile lora, double scale) {
    return lora.addTo(new LoraTargets().denoiser(stack), "own", scale);
  }

  @ParameterizedTest
  @CsvSource({"comfy, 0.7, 9", "kohya, 0.9, 0", "bare, 1, 0", "diffusers, 1, 1"})
  void everyDialect(String name, double scale, int whole) {
    with((built, io) -> {
      Tensor before = built.answer(io);
      try (LoraFile lora = LoraFile.open(io.folder().resolve(name + ".safetensors"));
          LoraStack stack = LoraStack.merging(built.store)) {
        LoraReport report = put(stack, lora, scale);
        assertThat(report.whole()).as(report.line()).isTrue();
        assertThat(report.used()).isEqualTo(LAYERS + whole);
        io.check("out." + name, built.answer(io));
      }
      assertThat(Tensors.toFloats(built.answer(io))).isEqualTo(Tensors.toFloats(before));
    });
  }

  /** What is computed beside the weights is the same; what is given whole is always merged. */
  @ParameterizedTest
  @CsvSource({"comfy, 0.7", "kohya, 0.9"})
  void besideTheWeights(String name, double scale) {
    with((built, io) -> {
      try (LoraFile lora = LoraFile.open(io.folder().resolve(name + ".safetensors"));
          LoraStack stack = LoraStack.beside(built.store)) {
        LoraReport report = put(stack, lora, scale);
        assertThat(report.whole()).isTrue();
        io.check("out." + name, built.answer(io));
      }
    });
  }

  private static Path changed(Parity io, Path folder, Map<String, Tensor> more) {
    Path file = folder.resolve("lora.safetensors");
    try (SafetensorsFile own = Safetensors.open(io.folder().resolve("comfy.safetensors"))) {
      Map<String, Tensor> all = new LinkedHashMap<>(own.tensors());
      all.putAll(more);
      Safetensors.write(file, all, Map.of());
    }
    return file;
  }

  /**
   * Of a first layer with other channels, and of layers that another kind has, the rest is used.
   */
  @Test
  void whatHasNoPlaceIsSaidAndTheRestIsUsed(@TempDir Path folder) {
    with((built, io) -> {
      Path file =
          changed(
              io,
              folder,
              Map.of(
                  "diffusion_model.patch_embedding.diff",
                  Tensors.zeros(20, 9, 1, 2, 2),
                  "diffusion_model.blocks.0.cross_attn.k_img.diff_b",
                  Tensors.zeros(20)));
      try (LoraFile lora = LoraFile.open(file);
          LoraStack stack = LoraStack.merging(built.store)) {
        LoraReport report = put(stack, lora, 1);
        assertThat(report.unmatched())
            .containsExactlyInAnyOrder("patch_embedding", "blocks.0.cross_attn.k_img");
        assertThat(report.used()).isEqualTo(LAYERS + 8);
      }
    });
  }

  @Test
  void anUpdateOfAnotherSizeIsRefusedAndNothingHasChanged(@TempDir Path folder) {
    with((built, io) -> {
      Tensor before = built.answer(io);
      Path file =
          changed(io, folder, Map.of("diffusion_model.blocks.0.norm3.diff", Tensors.full(1, 21)));
      try (LoraFile lora = LoraFile.open(file);
          LoraStack stack = LoraStack.merging(built.store)) {
        assertThatThrownBy(() -> put(stack, lora, 1))
            .isInstanceOf(UserError.class)
            .hasMessageContaining("'blocks.0.norm2.weight' has the shape [20]")
            .hasMessageContaining("made for another model");
      }
      assertThat(Tensors.toFloats(built.answer(io))).isEqualTo(Tensors.toFloats(before));
    });
  }

  /** Every weight has a name in the first code, and comes back from it. */
  @ParameterizedTest
  @ValueSource(strings = {"t2v", "i2v", "flf", "vace", "skyreels"})
  void namesGoBothWays(String name) {
    try (Parity base = Parity.of("wan/" + name);
        WeightSet weights = Component.diffusion(base.folder()).open(Optional.empty())) {
      weights
          .tensors()
          .keySet()
          .forEach(own -> {
            String first = WanNames.original(own).orElse(own);
            assertThat(WanNames.ours(first)).isEqualTo(own);
            assertThat(WanNames.ours(WanNames.bare("model.diffusion_model." + first)))
                .isEqualTo(own);
          });
    }
  }
}
