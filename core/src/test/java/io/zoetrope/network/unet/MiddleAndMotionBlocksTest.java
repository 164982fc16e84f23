package io.zoetrope.network.unet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.UserError;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Segments;
import io.zoetrope.torch.Tensors;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What configs of diffusers say of a U-Net's bottom and of the depth of its motion modules. */
class MiddleAndMotionBlocksTest {
  private static final JsonMapper MAPPER = new JsonMapper();

  private static JsonNode config(String more) {
    return MAPPER.readTree(
        """
        {"block_out_channels": [8, 16], "norm_num_groups": 4, "cross_attention_dim": 6,
         "attention_head_dim": 2, "layers_per_block": 2,
         "down_block_types": ["CrossAttnDownBlock2D", "DownBlock2D"],
         "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D"]%s}\
        """
            .formatted(more));
  }

  private static JsonNode motion(String more) {
    return config(
        ", \"_class_name\": \"UNetMotionModel\", \"motion_num_attention_heads\": 2" + more);
  }

  private static Set<String> names(UNetConfig config) {
    try (ParameterStore store = ParameterStore.blueprint()) {
      config.build(store.root());
      return Set.copyOf(store.parameters().keySet());
    }
  }

  private static long blocks(Set<String> names, String module) {
    return names.stream()
        .filter(name -> name.matches(module + "\\.transformer_blocks\\.\\d+\\.norm3\\.weight"))
        .count();
  }

  @ParameterizedTest
  @CsvSource({
    "'null', none, 0",
    "'\"UNetMidBlock2D\"', plain, 1",
    "'\"UNetMidBlock2DCrossAttn\"', 2, 2"
  })
  void theBottomIsWhatTheTypeSays(String type, String json, int resnets) {
    UNetConfig config = DiffusersConfig.unet(config(", \"mid_block_type\": " + type));
    assertThat(MAPPER.valueToTree(config.middle()).asString()).isEqualTo(json);
    assertThat(names(config).stream().filter(n -> n.matches("mid_block.resnets.\\d.conv1.weight")))
        .hasSize(resnets);
    // Written beside weights and read again, as configs are.
    JsonNode written = MAPPER.valueToTree(config);
    assertThat(MAPPER.treeToValue(written, UNetConfig.class)).isEqualTo(config);
    try (ParameterStore store =
        ParameterStore.forTraining(Map.of(), new RandomStreams(1), Precision.F32)) {
      Scopes.run(() -> {
        Tensor out =
            config
                .build(store.root())
                .predict(
                    Tensors.zeros(1, 4, 1, 6, 6),
                    Tensors.zeros(1, 1),
                    Conditioning.text(Tensors.zeros(1, 3, 6)),
                    Segments.PLAIN);
        assertThat(Tensors.shape(out)).containsExactly(1, 4, 1, 6, 6);
      });
    }
  }

  @Test
  void absenceIsTheUsualBottom() {
    assertThat(DiffusersConfig.unet(config("")).middle()).isEqualTo(Middle.attends(2));
    assertThatThrownBy(() ->
            DiffusersConfig.unet(config(", \"mid_block_type\": \"UNetMidBlock2DSimpleCrossAttn\"")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("mid_block_type");
  }

  @Test
  void modulesHaveAsManyBlocksAsEachPlaceSays() {
    UNetConfig each =
        DiffusersConfig.unet(
            motion(
                """
                , "temporal_transformer_layers_per_block": [[1, 2], 3],
                "reverse_temporal_transformer_layers_per_block": [2, [1, 2, 3]],
                "temporal_transformer_layers_per_mid_block": 4\
                """));
    Set<String> names = names(each);
    assertThat(blocks(names, "down_blocks.0.motion_modules.0")).isEqualTo(1);
    assertThat(blocks(names, "down_blocks.0.motion_modules.1")).isEqualTo(2);
    assertThat(blocks(names, "down_blocks.1.motion_modules.1")).isEqualTo(3);
    assertThat(blocks(names, "mid_block.motion_modules.0")).isEqualTo(4);
    assertThat(blocks(names, "up_blocks.0.motion_modules.2")).isEqualTo(2);
    assertThat(blocks(names, "up_blocks.1.motion_modules.2")).isEqualTo(3);
    assertThat(MAPPER.treeToValue(MAPPER.valueToTree(each), UNetConfig.class)).isEqualTo(each);
    Set<String> mirrored =
        names(DiffusersConfig.unet(motion(", \"temporal_transformer_layers_per_block\": [1, 2]")));
    assertThat(blocks(mirrored, "up_blocks.0.motion_modules.0")).isEqualTo(2);
    assertThat(blocks(mirrored, "up_blocks.1.motion_modules.0")).isEqualTo(1);
    assertThat(blocks(mirrored, "mid_block.motion_modules.0")).isEqualTo(1);
  }

  @Test
  void anAdaptersDepthIsReadAlike() {
    UNetConfig image = DiffusersConfig.unet(config(""));
    JsonNode adapter =
        MAPPER.readTree(
            """
            {"block_out_channels": [8, 16], "motion_layers_per_block": [2, 2],
             "motion_num_attention_heads": 2, "motion_transformer_layers_per_block": [1, 2],
             "motion_transformer_layers_per_mid_block": [3]}\
            """);
    assertThat(DiffusersConfig.adapter(adapter, image).blocks())
        .isEqualTo(
            new MotionBlocks(List.of(List.of(1), List.of(2)), 3, List.of(List.of(2), List.of(1))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "[1]", "[1, 2, 3]", "[1, []]", "\"two\""})
  void countsThatMakeNoSenseAreRefusedByName(String counts) {
    assertThatThrownBy(() ->
            DiffusersConfig.unet(motion(", \"temporal_transformer_layers_per_block\": " + counts)))
        .isInstanceOf(UserError.class);
  }

  /** As configs that were written before say it. */
  @Test
  void oneNumberIsForAll() {
    assertThat(MAPPER.readValue("3", MotionBlocks.class)).isEqualTo(MotionBlocks.all(3));
    assertThat(MAPPER.writeValueAsString(MotionBlocks.all(3))).isEqualTo("3");
  }
}
