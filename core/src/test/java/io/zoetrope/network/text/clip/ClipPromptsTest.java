package io.zoetrope.network.text.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.Parity;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.UserError;
import io.zoetrope.network.text.WeightedPrompt;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Tensors;
import java.util.List;
import java.util.function.BiConsumer;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class ClipPromptsTest {
  private static final String CAT = "a photo of a cat sitting on a wooden table";
  private static final ClipReading CHUNKS = ClipReading.USUAL.withLength(ClipReading.Length.CHUNKS);

  private static void with(ClipReading reading, BiConsumer<ClipPrompts, Parity> body) {
    ClipTextModelTest.with(
        "quick",
        Precision.F32,
        (model, fixture) -> {
          try (ClipPrompts prompts =
              new ClipPrompts(model, ClipTokenizer.load(ClipTokenizerTest.FILES), reading)) {
            body.accept(prompts, fixture);
          }
        });
  }

  private static Tensor text(ClipPrompts prompts, String... texts) {
    return prompts.condition(List.of(texts)).get(Conditioning.TEXT).orElseThrow().squeeze(1);
  }

  @Test
  void fromTextToHiddenStatesAsTheReference() {
    String long8 = String.join(", ", java.util.Collections.nCopies(8, CAT));
    for (ClipReading.Syntax syntax : ClipReading.Syntax.values()) {
      with(
          ClipReading.USUAL.withSyntax(syntax),
          (prompts, fixture) -> {
            Conditioning read = prompts.condition(List.of(CAT, "", "😀 猫 it's 8k", long8));
            fixture.check("prompts.hidden", read.get(Conditioning.TEXT).orElseThrow().squeeze(1));
            fixture.check("prompts.pooled", read.get(Conditioning.POOLED).orElseThrow().squeeze(1));
            assertThat(read.get(Conditioning.TEXT_MASK)).isEmpty();
          });
    }
  }

  @Test
  void skippedBlocksAsTheReference() {
    with(
        ClipReading.USUAL.withSkip(1),
        (prompts, fixture) ->
            assertThat(
                    Parity.distance(
                        text(prompts, CAT), fixture.get("prompts.skip1").narrow(0, 0, 1)))
                .isLessThan(Parity.MARK));
    with(
        ClipReading.USUAL,
        (prompts, fixture) ->
            assertThatThrownBy(() -> prompts.with(ClipReading.USUAL.withSkip(3)))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("3 blocks"));
  }

  @Test
  void weightsMultiplyTokensAndKeepTheMean() {
    with(
        ClipReading.USUAL,
        (prompts, fixture) -> {
          Conditioning read =
              prompts.condition(List.of("a photo of a (cat:1.5) [sitting] on a ((table))"));
          fixture.check("weighted.hidden", read.get(Conditioning.TEXT).orElseThrow().squeeze(1));
          fixture.check("weighted.pooled", read.get(Conditioning.POOLED).orElseThrow().squeeze(1));
          Tensor one = text(prompts, "a (photo of:1.0) a cat");
          assertThat(Tensors.toFloats(one))
              .isEqualTo(Tensors.toFloats(text(prompts, "a photo of a cat")));
        });
  }

  @Test
  void bracketsOfPlainPromptsAreLetters() {
    with(
        ClipReading.USUAL.withSyntax(ClipReading.Syntax.PLAIN),
        (prompts, fixture) -> {
          Tensor plain = text(prompts, "a (cat:1.5)");
          Tensor escaped = text(prompts.with(ClipReading.USUAL), "a \\(cat:1.5\\)");
          assertThat(Tensors.toFloats(plain)).isEqualTo(Tensors.toFloats(escaped));
        });
  }

  @Test
  void chunksStandOneBehindTheOther() {
    with(
        CHUNKS,
        (prompts, fixture) -> {
          Conditioning read = prompts.condition(List.of("wooden cat sitting ".repeat(40)));
          fixture.check("chunks.hidden", read.get(Conditioning.TEXT).orElseThrow().squeeze(1));
          fixture.check("chunks.pooled", read.get(Conditioning.POOLED).orElseThrow().squeeze(1));
        });
  }

  @Test
  void allThatIsReadTogetherHasOneLength() {
    with(
        CHUNKS,
        (prompts, fixture) -> {
          List<Conditioning> read =
              prompts.conditions(List.of(List.of("a cat", "a BREAK b BREAK c"), List.of("", "")));
          assertThat(Tensors.shape(read.get(0).get(Conditioning.TEXT).orElseThrow().squeeze(1)))
              .containsExactly(2, 231, 40);
          assertThat(Tensors.shape(read.get(1).get(Conditioning.TEXT).orElseThrow().squeeze(1)))
              .containsExactly(2, 231, 40);
          assertThat(Tensors.shape(read.get(1).get(Conditioning.POOLED).orElseThrow().squeeze(1)))
              .containsExactly(2, 40);
          Tensor cat = read.get(0).get(Conditioning.TEXT).orElseThrow().squeeze(1).narrow(0, 0, 1);
          assertThat(Parity.distance(cat.narrow(1, 0, 77), text(prompts, "a cat")))
              .isLessThan(1e-5);
          assertThat(Parity.distance(cat.narrow(1, 77, 77), text(prompts, ""))).isLessThan(1e-5);
        });
  }

  @Test
  void whatIsCutIsTold() {
    with(
        ClipReading.USUAL,
        (prompts, fixture) -> {
          assertThat(prompts.unread(CAT)).isEmpty();
          assertThat(prompts.unread("cat ".repeat(75))).isEmpty();
          assertThat(prompts.unread("cat ".repeat(75) + "(Dog  and:1.2) cow"))
              .contains("Dog  and cow");
          assertThat(prompts.unread("cat ".repeat(76) + "BREAK" + " cat".repeat(76) + " 😀dog"))
              .contains("cat ... cat 😀dog");
          assertThat(prompts.with(CHUNKS).unread("cat ".repeat(500))).isEmpty();
          assertThat(prompts.unknownWords("xyzzy")).isEmpty();
        });
  }

  @Test
  void aChunkEndsAfterANearComma() {
    try (ClipTokenizer tokenizer = ClipTokenizer.load(ClipTokenizerTest.FILES)) {
      // 60 words and a comma, then 30: the comma is 15 tokens before the end of the chunk.
      assertThat(lengths(tokenizer, "cat ".repeat(60) + "," + " a".repeat(30)))
          .containsExactly(61, 30);
      // 21 tokens before: too far.
      assertThat(lengths(tokenizer, "cat ".repeat(54) + "," + " a".repeat(36)))
          .containsExactly(75, 16);
      assertThat(lengths(tokenizer, "cat ".repeat(55) + "," + " a".repeat(36)))
          .containsExactly(56, 36);
      // The comma comes next.
      assertThat(lengths(tokenizer, "cat ".repeat(70) + ", a a a a , a")).containsExactly(75, 2);
      assertThat(lengths(tokenizer, "cat ".repeat(75))).containsExactly(75);
      assertThat(lengths(tokenizer, "")).containsExactly(0);
    }
  }

  /** Tokens between start and end of each chunk. */
  private static List<Integer> lengths(ClipTokenizer tokenizer, String prompt) {
    return ClipChunks.of(
            WeightedPrompt.parse(prompt),
            tokenizer,
            io.zoetrope.network.text.LearnedTable.none(49408),
            77,
            ClipReading.Length.CHUNKS)
        .rows()
        .stream()
        .map(row -> {
          int n = 0;
          while (row.ids()[n + 1] != tokenizer.end()) {
            n++;
          }
          return n;
        })
        .toList();
  }

  @Test
  void aTokenizerOfAnotherModelIsRefused() {
    ClipTextModelTest.with(
        "gelu",
        Precision.F32,
        (model, fixture) -> {
          try (ClipTokenizer tokenizer = ClipTokenizer.load(ClipTokenizerTest.FILES)) {
            assertThatThrownBy(() -> new ClipPrompts(model, tokenizer, ClipReading.USUAL))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("814 tokens")
                .hasMessageContaining("151");
          }
        });
  }
}
