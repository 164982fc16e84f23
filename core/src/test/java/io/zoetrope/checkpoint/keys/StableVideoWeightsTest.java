package io.zoetrope.checkpoint.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.checkpoint.JsonFiles;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.error.UserError;
import io.zoetrope.network.unet.DiffusersConfig;
import io.zoetrope.network.unet.UNetConfig;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Single files of Stable Video Diffusion, by the names of the first code. */
class StableVideoWeightsTest {
  private static UNetConfig released() {
    return DiffusersConfig.unet(
        JsonFiles.read(
            Path.of(
                "src/main/resources/io/zoetrope/pipeline/family/stable-video-diffusion/unet/config.json"),
            JsonNode.class));
  }

  /** Of the released network, no more and no less. */
  @Test
  void everyNameOfTheReleasedNetworkIsKnown() {
    Set<String> named = new HashSet<>();
    List<String> keys = StableVideoNames.keys();
    keys.forEach(key -> named.add(StableVideoKeys.name(key).orElse("unknown: " + key)));
    ParameterStore store = ParameterStore.blueprint();
    released().build(store.root());
    assertThat(named).isEqualTo(store.parameters().keySet());
    assertThat(keys).hasSize(1428).doesNotHaveDuplicates();
  }

  @Test
  void openClipIsTakenApart(@TempDir Path temp) {
    Scopes.run(() -> {
      Map<String, Tensor> file = new LinkedHashMap<>();
      String at = "conditioner.embedders.0.open_clip.model.visual.";
      Tensor joined = Tensors.of(new double[] {1, 2, 3, 4, 5, 6}, 6, 1);
      file.put(at + "transformer.resblocks.3.attn.in_proj_weight", joined);
      file.put(at + "transformer.resblocks.3.mlp.c_fc.bias", Tensors.full(7, 2));
      file.put(at + "proj", Tensors.of(new double[] {1, 2, 3, 4, 5, 6}, 2, 3));
      file.put(at + "ln_pre.weight", Tensors.full(8, 2));
      file.put(at + "strange", Tensors.full(8, 2));
      file.put("first_stage_model.encoder.conv_in.bias", Tensors.full(0, 2));
      file.put("conditioner.embedders.3.encoder.conv_in.bias", Tensors.full(0, 2));
      file.put("surprise", Tensors.full(0, 2));
      Path path = temp.resolve("svd.safetensors");
      Safetensors.write(path, file, Map.of());
      try (StableVideoWeights weights = StableVideoWeights.open(path)) {
        Map<String, Tensor> eye = weights.imageEncoder().tensors();
        String block = "vision_model.encoder.layers.3.";
        assertThat(eye.keySet())
            .containsExactlyInAnyOrder(
                block + "self_attn.q_proj.weight",
                block + "self_attn.k_proj.weight",
                block + "self_attn.v_proj.weight",
                block + "mlp.fc1.bias",
                "visual_projection.weight",
                "vision_model.pre_layrnorm.weight",
                "strange");
        assertThat(Tensors.toDoubles(value(eye, block + "self_attn.k_proj.weight")))
            .containsExactly(3, 4);
        assertThat(Tensors.toDoubles(value(eye, "visual_projection.weight")))
            .containsExactly(1, 4, 2, 5, 3, 6);
        assertThat(weights.others()).containsExactly("surprise");
      }
    });
  }

  private static Tensor value(Map<String, Tensor> of, String name) {
    return java.util.Objects.requireNonNull(of.get(name), name);
  }

  @Test
  void aPartThatIsMissingIsNamed(@TempDir Path temp) {
    Scopes.run(() -> {
      Map<String, Tensor> file = new LinkedHashMap<>();
      file.put("model.diffusion_model.input_blocks.1.0.time_mixer.mix_factor", Tensors.full(0, 1));
      Path path = temp.resolve("half.safetensors");
      Safetensors.write(path, file, Map.of());
      assertThat(StableVideoWeights.isOne(file.keySet())).isTrue();
      assertThatThrownBy(() -> StableVideoWeights.open(path))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("has no autoencoder (first_stage_model)");
      file.put("first_stage_model.encoder.conv_in.bias", Tensors.full(0, 1));
      Path more = temp.resolve("more.safetensors");
      Safetensors.write(more, file, Map.of());
      assertThatThrownBy(() -> StableVideoWeights.open(more))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("has no image encoder");
    });
  }
}
