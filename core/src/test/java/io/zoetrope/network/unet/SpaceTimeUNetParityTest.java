package io.zoetrope.network.unet;

import static io.zoetrope.network.unet.Reference.conditioning;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.Parity;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.UserError;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The network of ModelScope and Zeroscope against UNet3DConditionModel of diffusers. */
class SpaceTimeUNetParityTest {
  private static void with(String fixture, BiConsumer<Reference, Parity> body) {
    try (Reference reference = Reference.of("unet3d/" + fixture)) {
      Scopes.run(() -> body.accept(reference, reference.parity()));
    }
  }

  private static Tensor levels(Parity parity) {
    Tensor z = parity.get("sample");
    return parity.get("timestep").unsqueeze(1).expand(z.size(0), z.size(2));
  }

  private static Tensor all(Reference reference, Parity parity) {
    return reference.unet().predict(parity.get("sample"), levels(parity), conditioning(parity));
  }

  @ParameterizedTest
  @ValueSource(strings = {"attention", "mixed", "convolutions"})
  void clipsAreTheReferences(String fixture) {
    with(fixture, (reference, parity) -> parity.check("out", all(reference, parity)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"attention", "mixed", "convolutions"})
  void aBatchOfTwoIsTwoBatchesOfOne(String fixture) {
    with(
        fixture,
        (reference, parity) -> {
          Conditioning first =
              Conditioning.text(parity.get("encoder_hidden_states").narrow(0, 0, 1));
          Tensor z = parity.get("sample").narrow(0, 0, 1);
          Tensor alone = reference.unet().predict(z, levels(parity).narrow(0, 0, 1), first);
          parity.check("out.first", alone);
          parity.check("out.first", all(reference, parity).narrow(0, 0, 1));
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"attention", "mixed", "convolutions"})
  void aClipOfOneFrame(String fixture) {
    with(
        fixture,
        (reference, parity) -> {
          Tensor z = parity.get("sample").narrow(2, 0, 1);
          Tensor t_BF = parity.get("timestep").unsqueeze(1);
          parity.check("out.still", reference.unet().predict(z, t_BF, conditioning(parity)));
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"attention", "mixed", "convolutions"})
  void framesHaveLevelsOfTheirOwn(String fixture) {
    with(
        fixture,
        (reference, parity) -> {
          Tensor z = parity.get("sample");
          Tensor y = reference.unet().predict(z, parity.get("levels"), conditioning(parity));
          parity.check("out.levels", y);
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"attention", "mixed", "convolutions"})
  void bf16IsNoFurtherThanTheReferences(String fixture) {
    with(
        fixture,
        (reference, parity) -> {
          UNet unet = reference.unet(Precision.BF16);
          Tensor z = parity.get("sample");
          parity.checkBf16("out", unet.predict(z, levels(parity), conditioning(parity)));
        });
  }

  /** Another clip, and an image, packed beside a clip change nothing. */
  @ParameterizedTest
  @ValueSource(strings = {"attention", "mixed", "convolutions"})
  void whatIsPackedBesideAClipIsNotSeen(String fixture) {
    with(
        fixture,
        (reference, parity) -> {
          Tensor z = parity.get("sample");
          long f = z.size(2);
          Tensor both = Tensors.cat(List.of(z.narrow(0, 0, 1), z.narrow(0, 1, 1)), 2);
          Tensor packed = Tensors.cat(List.of(both, z.narrow(0, 0, 1).narrow(2, 1, 1)), 2);
          long[] group = new long[(int) (2 * f + 1)];
          for (int i = 0; i < group.length; i++) {
            group[i] = i / f;
          }
          Tensor texts = parity.get("encoder_hidden_states");
          Tensor text = Tensors.cat(List.of(texts, texts.narrow(0, 0, 1)), 0).unsqueeze(0);
          Tensor groups = Tensors.of(group, 1, group.length);
          Conditioning told =
              Conditioning.none()
                  .with(Conditioning.TEXT, text)
                  .with(Conditioning.FRAME_TEXTS, groups)
                  .with(Conditioning.FRAME_GROUPS, groups);
          Tensor t_F = levels(parity).reshape(-1);
          Tensor t_BF = Tensors.cat(List.of(t_F, t_F.narrow(0, 0, 1)), 0).unsqueeze(0);
          Tensor y = reference.unet().predict(packed, t_BF, told);
          Tensor clips = Tensors.cat(List.of(y.narrow(2, 0, f), y.narrow(2, f, f)), 0);
          parity.check("out", clips);
          Tensor image =
              reference
                  .unet()
                  .predict(
                      z.narrow(0, 0, 1).narrow(2, 1, 1),
                      levels(parity).narrow(0, 0, 1).narrow(1, 0, 1),
                      Conditioning.text(texts.narrow(0, 0, 1)));
          assertThat(Parity.distance(y.narrow(2, 2 * f, 1), image)).isLessThan(Parity.MARK);
        });
  }

  /** What is a config of our own is the same network. */
  @Test
  void theNetworkAsWeWriteItIsTheSame() {
    with(
        "mixed",
        (reference, parity) -> {
          JsonMapper json = JsonMapper.builder().build();
          UNetConfig config = reference.config();
          String text = json.writeValueAsString(config);
          assertThat(json.readValue(text, UNetConfig.class)).isEqualTo(config);
          assertThat(config.heads()).containsExactly(2, 0);
          assertThat(config.temporal()).isTrue();
        });
  }

  /** Without its layers over time it is an image network, whose weights are a part of its own. */
  @Test
  void withoutLayersOverTimeItIsAnImageNetwork() {
    with(
        "mixed",
        (reference, parity) -> {
          UNetConfig config = reference.config();
          UNetConfig still = config.withTemporal(false);
          assertThat(still.temporal()).isFalse();
          Set<String> names = new TreeSet<>(reference.weights().tensors().keySet());
          names.removeIf(config.inflation()::isNew);
          ParameterStore store =
              ParameterStore.forInference(reference.weights().tensors(), Precision.F32);
          still.build(store.root());
          assertThat(store.parameters().keySet()).containsExactlyInAnyOrderElementsOf(names);
          assertThat(names).noneMatch(name -> name.contains("temp") || name.contains("former_in"));
        });
  }

  /** The published network, by its config alone. */
  @Test
  void thePublishedConfigIsRead() {
    UNetConfig config =
        DiffusersConfig.unet(
            JsonMapper.builder().build().readTree("{\"_class_name\": \"UNet3DConditionModel\"}"));
    assertThat(config.heads()).containsExactly(5, 10, 20, 0);
    assertThat(config.middle()).isEqualTo(Middle.attends(20));
    assertThat(config.textWidth()).isEqualTo(1024);
    assertThat(config.inflation()).isEqualTo(Inflation.modelScope(64));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "act_fn|\"gelu\"|'act_fn' is \"gelu\"",
        "downsample_padding|0|'downsample_padding' is 0",
        "mid_block_scale_factor|1.41|'mid_block_scale_factor' is 1.41",
        "num_attention_heads|8|'num_attention_heads' is 8",
        "norm_num_groups|null|'norm_num_groups' is null",
        "norm_num_groups|3|multiples of its 3 norm groups",
        "norm_eps|0|norm_eps above 0",
        "attention_head_dim|3|features of a head, into which a width of 4 does not split",
        "attention_head_dim|16|'attention_head_dim' is 16",
        "attention_head_dim|[2, 4]|'attention_head_dim' must be a whole number",
        "attention_head_dim|0|'attention_head_dim' is 0",
        "block_out_channels|[]|block_out_channels",
        "block_out_channels|[4, 8, 8]|must be equally many, not 2 and 3",
        "block_out_channels|[4.5, 8]|'block_out_channels' must be whole numbers",
        "down_block_types|[\"CrossAttnDownBlock2D\", \"DownBlock3D\"]"
            + "|unknown block 'CrossAttnDownBlock2D' on the way down",
        "up_block_types|[\"UpBlock3D\", \"UpBlock3D\"]|must mirror",
        "up_block_types|[\"UpBlock3D\", \"CrossAttnUpBlock2D\"]"
            + "|unknown block 'CrossAttnUpBlock2D' on the way up",
        "layers_per_block|[1, 2]|'layers_per_block' must be a whole number",
        "layers_per_block|0|layers_per_block must be at least 1",
        "time_cond_proj_dim|7|an even number"
      })
  void whatIsNotSupportedIsRefusedByName(String option, String value, String message) {
    with(
        "mixed",
        (reference, parity) -> {
          ObjectNode changed = (ObjectNode) reference.json().deepCopy();
          JsonNode bad = JsonMapper.builder().build().readTree(value);
          changed.set(option, bad);
          assertThatThrownBy(() -> DiffusersConfig.unet(changed))
              .isInstanceOf(UserError.class)
              .hasMessageContaining(message)
              .message()
              .hasLineCount(1);
        });
  }
}
