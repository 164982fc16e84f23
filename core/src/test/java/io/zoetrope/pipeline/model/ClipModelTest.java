package io.zoetrope.pipeline.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.Parity;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.UserError;
import io.zoetrope.network.dit.DitConfig;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.TextToVideo;
import io.zoetrope.pipeline.TinyModel;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model directory whose text encoder is CLIP's, in the files of Stable Diffusion. */
class ClipModelTest {
  private static final int WIDTH = 40;

  @TempDir Path folder;
  private Path model;

  @BeforeEach
  void write() throws IOException {
    DitConfig tiny = DitConfig.size("tiny");
    DitConfig config =
        new DitConfig(
            tiny.channels(),
            tiny.patch(),
            tiny.width(),
            tiny.depth(),
            tiny.heads(),
            WIDTH,
            true,
            true);
    model = TinyModel.write(folder.resolve("model"), config, 0.1);
    Files.delete(model.resolve("tokenizer/tokenizer.json"));
    copy("clip_text/quick/config.json", "text_encoder/config.json");
    copy("clip_text/quick/model.safetensors", "text_encoder/model.safetensors");
    for (String name :
        List.of("vocab.json", "merges.txt", "tokenizer_config.json", "special_tokens_map.json")) {
      copy("clip_tokenizer/" + name, "tokenizer/" + name);
    }
  }

  private void copy(String from, String to) throws IOException {
    Files.deleteIfExists(model.resolve(to));
    Files.copy(Path.of("src/test/resources/reference", from), model.resolve(to));
  }

  @Test
  void theConfigChoosesTheTextEncoder() {
    Scopes.run(() -> {
      try (VideoModel loaded = VideoModel.load(ModelChoice.of(model, "f32"));
          Parity fixture = Parity.of("clip_text/quick")) {
        Tensor text =
            loaded
                .condition(List.of("a photo of a cat sitting on a wooden table", ""))
                .get(Conditioning.TEXT)
                .orElseThrow()
                .squeeze(1);
        assertThat(Parity.distance(text, fixture.get("prompts.hidden").narrow(0, 0, 2)))
            .isLessThan(Parity.MARK);
        assertThat(loaded.unread("cat ".repeat(80))).contains("cat cat cat cat cat");
      }
    });
  }

  @Test
  void weightsOfWordsChangeTheVideo() {
    try (VideoModel loaded = VideoModel.load(ModelChoice.of(model, "f32"))) {
      assertThat(latents(loaded, "a (cat:1.0)")).isEqualTo(latents(loaded, "a cat"));
      assertThat(latents(loaded, "a (cat:1.4)")).isNotEqualTo(latents(loaded, "a cat"));
      assertThat(latents(loaded, "a cat BREAK a table")).isNotEqualTo(latents(loaded, "a cat"));
    }
  }

  private static byte[] latents(VideoModel model, String prompt) {
    VideoRequest request = VideoRequest.of(prompt, 3, TinyModel.DEFAULTS);
    return Scopes.value(() ->
        Tensors.toBytes(
            new TextToVideo(new Engine(model)).latents(List.of(request), Progress.NONE)));
  }

  @Test
  void aLargerTokenizerIsRefused() throws IOException {
    Files.writeString(model.resolve("tokenizer/added_tokens.json"), "{\"<my-cat>\": 814}");
    assertThatThrownBy(() -> VideoModel.load(ModelChoice.of(model, "f32")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(model.toString())
        .hasMessageContaining("the tokenizer has 815 tokens, the text encoder knows 814");
  }
}
