package io.zoetrope.pipeline.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.checkpoint.gguf.GgufBytes;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.error.UserError;
import io.zoetrope.network.text.t5.T5Tokenizer;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class TokenizerWithinTest {
  private static final Path FILES = Path.of("src/test/resources/reference/gguf");

  @TempDir Path folder;

  /** As ComfyUI and as llama.cpp put it beside weights. */
  @ParameterizedTest
  @ValueSource(strings = {"spiece.safetensors", "tokenizer.gguf"})
  void idsAreThoseOfTheReference(String name) {
    JsonNode cases = new JsonMapper().readTree(FILES.resolve("cases.json").toFile()).path("cases");
    assertThat(cases.size()).isEqualTo(200);
    try (T5Tokenizer tokenizer = TokenizerWithin.of(FILES.resolve(name), 100).orElseThrow()) {
      SoftAssertions all = new SoftAssertions();
      for (JsonNode one : cases) {
        String text = one.path("text").asString();
        long[] ids =
            StreamSupport.stream(one.path("ids").spliterator(), false)
                .mapToLong(id -> id.asLong())
                .toArray();
        all.assertThat(tokenizer.ids(text, 100_000)).as(text).isEqualTo(ids);
      }
      all.assertAll();
      assertThat(tokenizer.end()).isEqualTo(1);
      assertThat(tokenizer.pad()).isZero();
    }
  }

  /** Rows that fill a table up are no words. */
  @Test
  void unusedPiecesBehindAreLeftOut() {
    try (T5Tokenizer gguf = TokenizerWithin.of(FILES.resolve("tokenizer.gguf"), 0).orElseThrow();
        T5Tokenizer comfy =
            TokenizerWithin.of(FILES.resolve("spiece.safetensors"), 100).orElseThrow();
        T5Tokenizer without =
            TokenizerWithin.of(FILES.resolve("spiece.safetensors"), 0).orElseThrow()) {
      assertThat(gguf.tokens()).isEqualTo(comfy.tokens()).isEqualTo(without.tokens() + 100);
    }
  }

  @Test
  void filesWithoutOneSaySoAndOthersAreRefused() throws IOException {
    assertThat(TokenizerWithin.of(FILES.resolve("types.gguf"), 100)).isEmpty();
    assertThat(TokenizerWithin.of(FILES.resolve("types.safetensors"), 100)).isEmpty();
    refused(new GgufBytes().key("tokenizer.ggml.model", "gpt2"), "of kind 'gpt2'");
    refused(new GgufBytes().key("tokenizer.ggml.model", "t5"), "0 pieces, 0 scores and 0 kinds");
    Path broken = folder.resolve("x.safetensors");
    Safetensors.write(
        broken, Map.of("spiece_model", Tensors.ofBytes(new byte[] {10, 99}, 2)), Map.of());
    assertThatThrownBy(() -> TokenizerWithin.of(broken, 100))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("it is no SentencePiece model");
  }

  private void refused(GgufBytes file, String cause) throws IOException {
    Path path = Files.write(folder.resolve("x.gguf"), file.bytes());
    assertThatThrownBy(() -> TokenizerWithin.of(path, 100))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(path.toString())
        .hasMessageContaining(cause);
  }
}
