package io.zoetrope.network.text.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.error.UserError;
import io.zoetrope.network.text.TokenizerJson.Piece;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ClipTokenizerTest {
  static final Path FILES = Path.of("src/test/resources/reference/clip_tokenizer");

  @TempDir Path folder;

  @Test
  void idsAreThoseOfTheReference() throws Exception {
    check(FILES);
  }

  @Test
  void aSingleFileSaysTheSame() throws Exception {
    check(FILES.resolve("one_file"));
  }

  private static void check(Path files) throws IOException {
    JsonNode cases = new JsonMapper().readTree(FILES.resolve("cases.json").toFile()).path("cases");
    assertThat(cases.size()).isGreaterThan(200);
    try (ClipTokenizer tokenizer = ClipTokenizer.load(files)) {
      SoftAssertions all = new SoftAssertions();
      for (JsonNode one : cases) {
        List<Integer> ids = new ArrayList<>(List.of(tokenizer.start()));
        tokenizer.encode(one.path("text").asString()).forEach(piece -> ids.add(piece.id()));
        ids.add(tokenizer.end());
        List<Integer> expected = new ArrayList<>();
        one.path("ids").forEach(id -> expected.add(id.asInt()));
        all.assertThat(ids).as("%s", one.path("text")).isEqualTo(expected);
      }
      all.assertAll();
    }
  }

  @Test
  void piecesKnowTheirLettersBeyondTheBasicPlane() {
    try (ClipTokenizer tokenizer = ClipTokenizer.load(FILES)) {
      String text = "😀 a 🦄 cat";
      Piece cat = tokenizer.encode(text).getLast();
      assertThat(text.substring(cat.start(), cat.end())).isEqualTo("cat");
    }
  }

  @Test
  void halfALetterIsReadAsTheSignForNoLetter() {
    try (ClipTokenizer tokenizer = ClipTokenizer.load(FILES)) {
      assertThat(tokenizer.encode("a\ud83d b")).isEqualTo(tokenizer.encode("a\ufffd b"));
    }
  }

  @Test
  void paddingIsWhatTheConfigSays() throws Exception {
    copy("vocab.json", "merges.txt");
    Files.writeString(folder.resolve("tokenizer_config.json"), "{\"pad_token\": \"!\"}");
    try (ClipTokenizer tokenizer = ClipTokenizer.load(folder);
        ClipTokenizer usual = ClipTokenizer.load(FILES)) {
      assertThat(tokenizer.pad()).isZero();
      assertThat(usual.pad()).isEqualTo(usual.end());
      assertThat(tokenizer.start()).isEqualTo(usual.start());
      assertThat(tokenizer.tokens()).isEqualTo(814);
    }
  }

  /** As transformers reads folders of Stable Diffusion 2.1, and newer ones. */
  @Test
  void whereTwoFilesDifferTheOldOneIsMeant() throws Exception {
    copy("vocab.json", "merges.txt", "tokenizer_config.json");
    Path config = folder.resolve("tokenizer_config.json");
    Files.writeString(folder.resolve("special_tokens_map.json"), "{\"pad_token\": \"!\"}");
    try (ClipTokenizer tokenizer = ClipTokenizer.load(folder)) {
      assertThat(tokenizer.pad()).isZero();
      assertThat(tokenizer.end()).isEqualTo(813);
    }
    Files.writeString(
        config, Files.readString(config).replaceFirst("\\{", "{\"added_tokens_decoder\": {},"));
    try (ClipTokenizer tokenizer = ClipTokenizer.load(folder)) {
      assertThat(tokenizer.pad()).isEqualTo(813);
    }
  }

  @Test
  void anOpenClipPadsWithTheFirstTokenOfAll() {
    try (ClipTokenizer tokenizer = ClipTokenizer.openClip(FILES)) {
      assertThat(tokenizer.pad()).isZero();
    }
  }

  @Test
  void addedTokensAreFoundWhole() throws Exception {
    copy("vocab.json", "merges.txt");
    Files.writeString(folder.resolve("added_tokens.json"), "{\"<my-cat>\": 814}");
    try (ClipTokenizer tokenizer = ClipTokenizer.load(folder)) {
      assertThat(tokenizer.encode("a <my-cat> b")).extracting(Piece::id).contains(814).hasSize(3);
      assertThat(tokenizer.tokens()).isEqualTo(815);
    }
  }

  @Test
  void whatIsMissingOrDamagedIsNamed() throws Exception {
    refused("vocab.json and merges.txt");
    copy("vocab.json");
    refused("vocab.json and merges.txt");
    Files.writeString(folder.resolve("merges.txt"), "#version: 0.2\nno-such pair\n");
    refused("vocab.json");
    copy("merges.txt");
    Files.writeString(folder.resolve("tokenizer_config.json"), "{\"eos_token\": \"<end>\"}");
    refused("<end>");
    Files.writeString(folder.resolve("tokenizer_config.json"), "{\"eos_token\": ");
    refused("tokenizer_config.json");
    Files.delete(folder.resolve("tokenizer_config.json"));
    for (String damaged : List.of("[]", "{", "{\"a\": \"b\"}", "{}", "")) {
      Files.writeString(folder.resolve("vocab.json"), damaged);
      refused("");
    }
    Files.writeString(folder.resolve("tokenizer.json"), "{\"model\": 3}");
    refused("tokenizer.json");
  }

  private void refused(String named) {
    assertThatThrownBy(() -> ClipTokenizer.load(folder))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining(named)
        .extracting(Throwable::getMessage)
        .asString()
        .doesNotContain("\n");
  }

  private void copy(String... names) throws IOException {
    for (String name : names) {
      Files.copy(
          FILES.resolve(name),
          folder.resolve(name),
          java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
