package io.zoetrope.network.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.error.UserError;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PromptTokenizerTest {
  private static final List<String> WORDS = List.of("a", "red", "ball", "moves", "right");

  @TempDir Path folder;

  private PromptTokenizer tokenizer(int length) throws Exception {
    Path file = folder.resolve("tokenizer.json");
    Files.writeString(file, PromptTokenizer.wordLevel(WORDS));
    return PromptTokenizer.load(file, length);
  }

  @Test
  void oneTokenAWordPaddedToOneLength() throws Exception {
    try (PromptTokenizer tokenizer = tokenizer(8)) {
      PromptTokenizer.Tokens tokens = tokenizer.encode(List.of("A red  BALL", ""));
      assertThat(Tensors.toLongs(tokens.ids_BN()))
          .containsExactly(2, 3, 4, 5, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0);
      assertThat(Tensors.toLongs(tokens.mask_BN()))
          .containsExactly(1, 1, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0);
    }
  }

  @Test
  void longPromptsAreCut() throws Exception {
    try (PromptTokenizer tokenizer = tokenizer(3)) {
      assertThat(Tensors.toLongs(tokenizer.encode(List.of("a red ball moves")).ids_BN()))
          .containsExactly(2, 3, 4);
    }
  }

  @Test
  void unknownWordsAreNamed() throws Exception {
    try (PromptTokenizer tokenizer = tokenizer(8)) {
      assertThat(tokenizer.unknownWords("a red cat moves sideways"))
          .containsExactly("cat", "sideways");
    }
  }

  @Test
  void unknownWordsBehindLettersBeyondTheBasicPlaneAreNamed() throws Exception {
    try (PromptTokenizer tokenizer = tokenizer(8)) {
      assertThat(tokenizer.unknownWords("😀 a 🦄 cat")).containsExactly("😀", "🦄", "cat");
    }
  }

  /** Training and reading cut alike: each word of a caption is one token, whatever its letters. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ein grüner Ball rollt über die Straße",
        "très café, l'été d'Éric",
        "żółta piłka toczy się w prawo",
        "kırmızı TOP İstanbul'da dönüyor",
        "quả bóng màu đỏ lăn",
        "ΚΟΚΚΙΝΗ ΜΠΑΛΑ ΟΔΟΣ",
        "красный мяч катится",
        "赤いボールが右へ転がる",
        "लाल गेंद दाईं ओर लुढ़कती है",
        "كرة حمراء تتدحرج ١٢٣",
        "cafe\u0301 u\u0308ber",
        "a_b\u200dc x\u00b2 ½ 😀🦄 ǅ ﬁne"
      })
  void wordsOfEveryLanguageAreKnownWhenTheyWereLearned(String caption) throws Exception {
    List<String> words = PromptTokenizer.words(caption);
    Path file = folder.resolve("tokenizer.json");
    Files.writeString(file, PromptTokenizer.wordLevel(words.stream().distinct().toList()));
    try (PromptTokenizer tokenizer = PromptTokenizer.load(file, 64)) {
      long[] ids = Tensors.toLongs(tokenizer.encode(List.of(caption)).ids_BN());
      long[] mask = Tensors.toLongs(tokenizer.encode(List.of(caption)).mask_BN());
      assertThat(Arrays.stream(mask).sum()).isEqualTo(words.size() + 1);
      assertThat(Arrays.stream(ids).filter(id -> id == 1).count()).isZero();
      assertThat(tokenizer.unknownWords(caption)).isEmpty();
    }
  }

  @Test
  void wordsAreWhole() {
    assertThat(PromptTokenizer.words("Ein GRÜNER Ball, très café"))
        .containsExactly("ein", "grüner", "ball", ",", "très", "café");
    assertThat(PromptTokenizer.words("cafe\u0301")).containsExactly("caf\u00e9");
  }

  @Test
  void aMarkAtTheBeginningOfTheFileIsPassedOver() throws Exception {
    Path file = folder.resolve("marked.json");
    Files.writeString(file, "\ufeff" + PromptTokenizer.wordLevel(WORDS));
    try (PromptTokenizer tokenizer = PromptTokenizer.load(file, 8)) {
      assertThat(tokenizer.unknownWords("a red cow")).containsExactly("cow");
    }
  }

  @Test
  void punctuationAloneIsNoUnknownWord() throws Exception {
    try (PromptTokenizer tokenizer = tokenizer(8)) {
      assertThat(tokenizer.unknownWords("a red ball, moves... right! (¿?) 「a」 + $")).isEmpty();
    }
  }

  @Test
  void whatIsNotReadIsTold() throws Exception {
    try (PromptTokenizer tokenizer = tokenizer(4)) {
      assertThat(tokenizer.unread("a red ball")).isEmpty();
      assertThat(tokenizer.unread("a red ball  moves right ")).contains("moves right");
    }
  }

  @Test
  void aMissingFileIsNamed() {
    assertThatThrownBy(() -> PromptTokenizer.load(folder.resolve("none.json"), 8))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("none.json");
  }

  @Test
  void paddingDoesNotChangeAPrompt() throws Exception {
    TextConfig config = new TextConfig(8, 8, 16, 2, 2);
    try (PromptTokenizer tokenizer = tokenizer(8)) {
      Scopes.run(() -> {
        ParameterStore store =
            ParameterStore.forTraining(Map.of(), new RandomStreams(3), Precision.F32);
        TextTransformer text = new TextTransformer(config, store.root());
        PromptTokenizer.Tokens tokens = tokenizer.encode(List.of("a red ball"));
        Tensor pooled = text.encode(tokens.ids_BN(), tokens.mask_BN()).pooled_BD();
        Tensor other = tokens.ids_BN().clone();
        other.narrow(1, 5, 3).fill_(Tensors.of(new long[] {7}, 1).select(0, 0));
        Tensor same = text.encode(other, tokens.mask_BN()).pooled_BD();
        assertThat(pooled.sub(same).abs().max().item_float()).isLessThan(1e-5f);
      });
    }
  }
}
