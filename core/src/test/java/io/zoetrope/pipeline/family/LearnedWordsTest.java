package io.zoetrope.pipeline.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.Parity;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Words of textual inversion, against the reference ({@code reference/make_embedding.py}). */
class LearnedWordsTest {
  private static final Path FIXTURE = TinyStableDiffusion.resource("reference/embedding");
  private static final Path MODEL = TinyStableDiffusion.resource("reference/animatediff/model");

  @TempDir private Path temp;

  private static VideoModel load(WordChoice... words) {
    return VideoModel.load(ModelChoice.of(MODEL, "f32").withWords(Arrays.asList(words)));
  }

  private static WordChoice word(String file) {
    return new WordChoice(FIXTURE.resolve(file), Optional.empty());
  }

  private static Tensor hidden(VideoModel model, String prompt) {
    return model.condition(List.of(prompt)).get(Conditioning.TEXT).orElseThrow().flatten(0, 1);
  }

  @ParameterizedTest
  @CsvSource({
    "first, a photo of <zog> on a table",
    "both, '<zog>, blurred, a cat'",
    "end, 'a cat, Blurred'"
  })
  void promptsWithThemAreTheReferences(String name, String prompt) {
    try (Parity parity = Parity.of("embedding");
        VideoModel model = load(word("zog.safetensors"), word("blurred.safetensors"))) {
      Scopes.run(() -> parity.check(name + ".hidden", hidden(model, prompt)));
    }
  }

  /** Other prompts are as without, to the bit; a part of a word is no word. */
  @Test
  void otherPromptsAreAsWithout() {
    try (VideoModel with = load(word("blurred.safetensors"));
        VideoModel without = load()) {
      Scopes.run(() -> {
        for (String prompt : List.of("a cat on a table", "unblurred", "")) {
          assertThat(hidden(with, prompt).equal(hidden(without, prompt))).as(prompt).isTrue();
        }
        assertThat(hidden(with, "(blurred)").equal(hidden(without, "(blurred)"))).isFalse();
      });
    }
  }

  @Test
  void anotherNameIsTheSameWord() {
    WordChoice named = new WordChoice(FIXTURE.resolve("zog.safetensors"), Optional.of("zogzog"));
    try (VideoModel model = load(word("zog.safetensors"));
        VideoModel other = load(named)) {
      Scopes.run(
          () -> assertThat(hidden(model, "a <zog>!").equal(hidden(other, "a zogzog!"))).isTrue());
    }
  }

  private Path file(String name, Map<String, Tensor> tensors) {
    Path file = temp.resolve(name);
    Safetensors.write(file, tensors, Map.of());
    return file;
  }

  private static void refused(String words, WordChoice... choices) {
    assertThatThrownBy(() -> load(choices).close())
        .isInstanceOf(UserError.class)
        .hasMessageContaining(words);
  }

  @Test
  void whatDoesNotFitIsRefused() throws IOException {
    Scopes.run(() -> {
      refused("no embedding", new WordChoice(temp.resolve("none"), Optional.empty()));
      Path wide = file("wide.safetensors", Map.of("emb_params", Tensors.zeros(2, 1024)));
      refused("1024 features", new WordChoice(wide, Optional.empty()));
      Path large =
          file(
              "large.safetensors",
              Map.of("clip_l", Tensors.zeros(1, 16), "clip_g", Tensors.zeros(1, 32)));
      refused("Stable Diffusion XL", new WordChoice(large, Optional.empty()));
      Path deep = file("deep.safetensors", Map.of("conv", Tensors.zeros(1, 2, 16)));
      refused("not vectors of a word", new WordChoice(deep, Optional.empty()));
      Path cat = file("cat.safetensors", Map.of("emb_params", Tensors.zeros(1, 16)));
      refused("'cat' is a word", new WordChoice(cat, Optional.empty()));
      refused("two embeddings", word("zog.safetensors"), word("zog.safetensors"));
    });
    Path pickle = temp.resolve("old.pt");
    Files.write(pickle, new byte[] {(byte) 0x80, 2, 'c', 'x'});
    refused("pickle", new WordChoice(pickle, Optional.empty()));
  }
}
