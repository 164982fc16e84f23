package io.zoetrope.pipeline.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.UserError;
import io.zoetrope.network.dit.DitConfig;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.TextToVideo;
import io.zoetrope.pipeline.TinyModel;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A model directory whose text encoder is T5's or UMT5's. */
class T5ModelTest {
  @TempDir Path folder;

  private Path model(String encoder, int width) throws IOException {
    DitConfig tiny = DitConfig.size("tiny");
    DitConfig config =
        new DitConfig(
            tiny.channels(),
            tiny.patch(),
            tiny.width(),
            tiny.depth(),
            tiny.heads(),
            width,
            true,
            true);
    Path model = TinyModel.write(folder.resolve("model"), config, 0.1);
    Files.delete(model.resolve("tokenizer/tokenizer.json"));
    copy("t5/" + encoder + "/config.json", model.resolve("text_encoder/config.json"));
    copy("t5/" + encoder + "/model.safetensors", model.resolve("text_encoder/model.safetensors"));
    copy("t5_tokenizer/model/spiece.model", model.resolve("tokenizer/spiece.model"));
    Files.writeString(
        model.resolve("tokenizer/tokenizer_config.json"), "{\"model_max_length\": 24}");
    return model;
  }

  private static void copy(String from, Path to) throws IOException {
    Files.deleteIfExists(to);
    Files.copy(Path.of("src/test/resources/reference", from), to);
  }

  @ParameterizedTest
  @CsvSource({"gated, 40", "umt5, 36"})
  void theConfigChoosesTheTextEncoder(String encoder, int width) throws IOException {
    Path model = model(encoder, width);
    Scopes.run(() -> {
      try (VideoModel loaded = VideoModel.load(ModelChoice.of(model, "f32"))) {
        Conditioning read = loaded.condition(List.of("a photo of a cat on a table", ""));
        Tensor text = read.get(Conditioning.TEXT).orElseThrow().squeeze(1);
        assertThat(Tensors.shape(text)).containsExactly(2, 24, width);
        long[] counts =
            Tensors.toLongs(
                read.get(Conditioning.TEXT_MASK)
                    .orElseThrow()
                    .squeeze(1)
                    .sum(1)
                    .to(ScalarType.Long));
        assertThat(counts[0]).isGreaterThan(6);
        assertThat(counts[1]).isOne();
        Tensor behind = text.narrow(1, counts[0], 24 - counts[0]);
        assertThat(Ops.mean(behind.square(), 0, 1, 2).item_double()).isZero();
        assertThat(loaded.unread("a cat ".repeat(30)).orElseThrow()).endsWith("a cat");
        VideoRequest request = VideoRequest.of("a cat", 3, TinyModel.DEFAULTS);
        Tensor latents =
            new TextToVideo(new Engine(loaded)).latents(List.of(request), Progress.NONE);
        assertThat(latents.numel()).isPositive();
      }
    });
  }

  @Test
  void aTextEncoderOfAnotherKindIsRefused() throws IOException {
    Path model = model("gated", 40);
    Path config = model.resolve("text_encoder/config.json");
    Files.writeString(
        config, Files.readString(config).replace("T5EncoderModel", "LlamaForCausalLM"));
    assertThatThrownBy(() -> VideoModel.load(ModelChoice.of(model, "f32")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("LlamaForCausalLM")
        .hasMessageContaining("T5EncoderModel");
  }
}
