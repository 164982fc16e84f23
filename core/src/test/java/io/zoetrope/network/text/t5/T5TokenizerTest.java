package io.zoetrope.network.text.t5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.error.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.StreamSupport;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class T5TokenizerTest {
  static final Path FILES = Path.of("src/test/resources/reference/t5_tokenizer");

  @TempDir Path folder;

  /** From a SentencePiece model and from a tokenizer.json. */
  @ParameterizedTest
  @ValueSource(strings = {"model", "json"})
  void idsAreThoseOfTheReference(String name) {
    Path files = FILES.resolve(name);
    JsonNode cases = new JsonMapper().readTree(files.resolve("cases.json").toFile()).path("cases");
    assertThat(cases.size()).isGreaterThan(100);
    int cut = 0;
    try (T5Tokenizer tokenizer = T5Tokenizer.load(files)) {
      SoftAssertions all = new SoftAssertions();
      for (JsonNode one : cases) {
        String text = one.path("text").asString();
        all.assertThat(tokenizer.ids(text, 100_000)).as(text).isEqualTo(ids(one.path("ids")));
        if (one.has("cut")) {
          cut++;
          long[] ids = tokenizer.ids(text, 12);
          LongStream padded =
              LongStream.range(0, 12).map(i -> i < ids.length ? ids[(int) i] : tokenizer.pad());
          all.assertThat(padded.toArray()).as("cut: %s", text).isEqualTo(ids(one.path("cut")));
        }
      }
      all.assertAll();
    }
    assertThat(cut).isGreaterThan(10);
  }

  private static long[] ids(JsonNode json) {
    return StreamSupport.stream(json.spliterator(), false).mapToLong(id -> id.asLong()).toArray();
  }

  @Test
  void whatIsNotReadOrNotKnownIsSaid() {
    try (T5Tokenizer tokenizer = T5Tokenizer.load(FILES.resolve("model"))) {
      assertThat(tokenizer.unread("a cat", 12)).isEmpty();
      String text = "a cat sitting on a wooden table by the sea at night";
      assertThat(text).endsWith(tokenizer.unread(text, 8).orElseThrow());
      assertThat(tokenizer.unknownWords("a cat")).isEmpty();
      assertThat(tokenizer.unknownWords("a \ud83e\udd84 cat")).containsExactly("\ud83e\udd84");
      assertThat(tokenizer.unknownWords("two \ud83e\udd84s, a cat"))
          .containsExactly("\ud83e\udd84s,");
      assertThat(tokenizer.ids("", 5)).containsExactly(tokenizer.end());
    }
  }

  @Test
  void theLengthIsThatOfTheConfigUnlessThatDoesNotKnow() throws Exception {
    Files.copy(FILES.resolve("model/spiece.model"), folder.resolve("spiece.model"));
    assertThat(length("{}")).isEqualTo(512);
    assertThat(length("{\"model_max_length\": 77}")).isEqualTo(77);
    assertThat(length("{\"model_max_length\": 1000000000000000019884624838656}")).isEqualTo(512);
  }

  private int length(String config) throws Exception {
    Files.writeString(folder.resolve("tokenizer_config.json"), config);
    try (T5Tokenizer tokenizer = T5Tokenizer.load(folder)) {
      return tokenizer.length();
    }
  }

  @Test
  void extraPiecesAreAsManyAsTheConfigSays() throws Exception {
    Files.copy(FILES.resolve("model/spiece.model"), folder.resolve("spiece.model"));
    Files.writeString(folder.resolve("tokenizer_config.json"), "{\"extra_ids\": 3}");
    try (T5Tokenizer few = T5Tokenizer.load(folder);
        T5Tokenizer usual = T5Tokenizer.load(FILES.resolve("model"))) {
      assertThat(usual.tokens() - few.tokens()).isEqualTo(97);
      assertThat(few.ids("<extra_id_2>", 9)).containsExactly(few.tokens() - 3, few.end());
    }
  }

  @Test
  void whatIsMissingOrDamagedIsNamed() throws Exception {
    refused("tokenizer.json or spiece.model");
    byte[] model = Files.readAllBytes(FILES.resolve("model/spiece.model"));
    Path file = folder.resolve("spiece.model");
    for (byte[] damaged :
        List.of(
            new byte[0],
            Arrays.copyOf(model, 100),
            Arrays.copyOf(model, model.length / 2),
            "no model".getBytes(java.nio.charset.StandardCharsets.UTF_8))) {
      Files.write(file, damaged);
      refused("spiece.model");
    }
    Files.write(file, model);
    Files.writeString(folder.resolve("tokenizer_config.json"), "{\"eos_token\": \"<end>\"}");
    refused("<end>");
    Files.writeString(folder.resolve("tokenizer_config.json"), "{");
    refused("tokenizer_config.json");
  }

  private void refused(String named) {
    assertThatThrownBy(() -> T5Tokenizer.load(folder))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining(named)
        .extracting(Throwable::getMessage)
        .asString()
        .doesNotContain("\n");
  }
}
