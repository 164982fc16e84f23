package io.zoetrope.checkpoint.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.checkpoint.LoadReport;
import io.zoetrope.checkpoint.WeightSource;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.error.UserError;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names against what diffusers' converters make of them: reference/make_single.py. */
class SingleFileTest {
  @TempDir Path folder;

  private static Path fixture(String name) {
    try {
      return Path.of(
          Objects.requireNonNull(SingleFileTest.class.getResource("/reference/single/" + name))
              .toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A line of the table. */
  private record Line(String key, String component, String name, List<Long> shape) {}

  private static List<Line> lines() throws IOException {
    List<String> lines = Files.readAllLines(fixture("keys.txt")).stream().sorted().toList();
    return lines.stream()
        .map(line -> line.split(" ", -1))
        .map(word ->
            new Line(
                word[0],
                word[1],
                word[2],
                Arrays.stream(word, 3, word.length).map(Long::valueOf).toList()))
        .toList();
  }

  @Test
  void everyKeyIsWhatTheReferenceMakesOfIt() throws IOException {
    List<Line> lines = lines();
    assertThat(lines).hasSize(686 + 248 + 196);
    Map<String, Integer> numbers = new TreeMap<>();
    lines.stream().map(Line::key).sorted().forEach(key -> numbers.put(key, numbers.size()));
    try (SingleFile file = SingleFile.open(fixture("model.safetensors"))) {
      Map<String, Map<String, Tensor>> parts = new TreeMap<>();
      SingleFile.COMPONENTS.forEach(part -> parts.put(part, file.weights(part).tensors()));
      for (Line line : lines) {
        Tensor tensor =
            Objects.requireNonNull(
                Objects.requireNonNull(parts.get(line.component())).get(line.name()), line.name());
        assertThat(Arrays.stream(Tensors.shape(tensor)).boxed().toList())
            .as(line.name())
            .isEqualTo(line.shape());
        assertThat(Tensors.toFloats(tensor))
            .as(line.name())
            .containsOnly(Objects.requireNonNull(numbers.get(line.key())));
      }
      assertThat(parts.values().stream().mapToInt(Map::size).sum()).isEqualTo(lines.size());
      assertThat(file.others()).isEmpty();
      assertThat(file.leftBehind())
          .containsExactlyInAnyOrder(
              "alphas_cumprod",
              "model_ema.decay",
              "cond_stage_model.transformer.text_model.embeddings.position_ids");
    }
  }

  /** A file in which somebody's key stands where the network knows none. */
  @Test
  void unknownKeysAreNamed() {
    Path path =
        write(
            "model.diffusion_model.time_embed.0.weight",
            "model.diffusion_model.output_blocks.77.3.out.weight",
            "model.diffusion_model.middle_block.9",
            "first_stage_model.encoder.mid.attn_1.query.weight",
            "first_stage_model.quant_conv.weight",
            "cond_stage_model.transformer.embeddings.token_embedding.weight",
            "somebody.else");
    try (SingleFile file = SingleFile.open(path)) {
      assertThat(file.others()).containsExactly("somebody.else");
      assertThat(file.weights("unet").tensors())
          .containsOnlyKeys(
              "time_embedding.linear_1.weight",
              "up_blocks.25.attentions.2.out.weight",
              "model.diffusion_model.middle_block.9");
      assertThat(file.weights("vae").tensors())
          .containsOnlyKeys(
              "quant_conv.weight", "first_stage_model.encoder.mid.attn_1.query.weight");
      assertThat(file.weights("text_encoder").tensors())
          .containsOnlyKeys("text_model.embeddings.token_embedding.weight");
    }
  }

  @Test
  void reportsNameKeysAsTheFileDoes() {
    Path path =
        write(
            "model.diffusion_model.time_embed.0.bias",
            "model.diffusion_model.strange",
            "first_stage_model.quant_conv.weight",
            "cond_stage_model.transformer.embeddings.token_embedding.weight");
    try (SingleFile file = SingleFile.open(path)) {
      WeightSource weights = file.weights("unet");
      ParameterStore store = ParameterStore.forInference(weights.tensors(), Precision.F32);
      store.root().at("time_embedding").at("linear_1").plain("bias", Init.ZEROS, 1);
      store.root().at("time_embedding").at("linear_1").plain("weight", Init.ZEROS, 1);
      LoadReport report = weights.report(store);
      assertThat(report.used()).containsExactly("model.diffusion_model.time_embed.0.bias");
      assertThat(report.missing()).containsExactly("time_embedding.linear_1.weight");
      assertThat(report.unexpected()).containsExactly("model.diffusion_model.strange");
      assertThat(report).hasToString("unet: 1 weights used, 1 missing, 1 unexpected, 0 ignored");
      assertThatThrownBy(report::requireWhole)
          .isInstanceOf(UserError.class)
          .hasMessage(
              path
                  + " does not fit its config as unet: it lacks 1 of 2 weights"
                  + " ('time_embedding.linear_1.weight'), it has 1 weights that the model does not"
                  + " know ('model.diffusion_model.strange'): it belongs to another model");
      store.close();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "cond_stage_model.model.x, is a Stable Diffusion 2 checkpoint",
    "conditioner.embedders.0.x, is a Stable Diffusion XL checkpoint",
    "cond_stage_model.transformer.x, has no autoencoder",
    "first_stage_model.x, has no text encoder"
  })
  void otherCheckpointsAreRefused(String key, String says) {
    Path path = write("model.diffusion_model.x", key);
    assertThatThrownBy(() -> SingleFile.open(path))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(path + " " + says);
  }

  @ParameterizedTest
  @CsvSource({
    "lora_unet_x.lora_down.weight, LoRA",
    "unet.x.lora_A.weight, LoRA",
    "down_blocks.0.motion_modules.0.x, motion module",
    "control_model.x, ControlNet",
    "down_blocks.0.x, one component",
    "decoder.x, look at what it has"
  })
  void filesOfOtherKindsAreRefused(String key, String says) {
    Path path = write(key);
    assertThatThrownBy(() -> SingleFile.open(path))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(path + " is no Stable Diffusion checkpoint")
        .hasMessageContaining(says);
  }

  private Path write(String... keys) {
    Path path = folder.resolve("file.safetensors");
    Scopes.run(() -> {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      for (String key : keys) {
        tensors.put(key, Tensors.zeros(1));
      }
      Safetensors.write(path, tensors, Map.of());
    });
    return path;
  }
}
