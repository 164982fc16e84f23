package io.zoetrope.network.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.zoetrope.Parity;
import io.zoetrope.checkpoint.JsonFiles;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.network.text.clip.ClipPrompts;
import io.zoetrope.network.text.clip.ClipReading;
import io.zoetrope.network.text.clip.ClipTextConfig;
import io.zoetrope.network.text.clip.ClipTextModel;
import io.zoetrope.network.text.clip.ClipTokenizer;
import io.zoetrope.network.text.clip.ClipWholePrompts;
import io.zoetrope.network.text.t5.T5Config;
import io.zoetrope.network.text.t5.T5Prompts;
import io.zoetrope.network.text.t5.T5TextModel;
import io.zoetrope.network.text.t5.T5Tokenizer;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every reader of prompts promises. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PromptEncoderContractTest {
  private static final double MARK = 1e-5;

  /** Longer than any of them reads at once. */
  private static final String LONG = "a red ball moves right and ".repeat(60).strip();

  private final Map<String, PromptEncoder> encoders = new LinkedHashMap<>();

  @BeforeAll
  void make(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("tokenizer.json");
    String json = PromptTokenizer.wordLevel(List.of("a", "red", "ball", "moves", "right"));
    Files.writeString(file, json);
    TextConfig words = new TextConfig(PromptTokenizer.size(json), 8, 16, 2, 2);
    encoders.put(
        "words",
        new WordPrompts(new TextTransformer(words, store().root()), PromptTokenizer.load(file, 8)));
    Path tokens = resource("clip_tokenizer");
    ClipTextConfig config =
        JsonFiles.read(resource("clip_text/quick/config.json"), ClipTextConfig.class);
    for (ClipReading.Length length : ClipReading.Length.values()) {
      encoders.put(
          "CLIP, " + length,
          new ClipPrompts(
              new ClipTextModel(config, store().root()),
              ClipTokenizer.load(tokens),
              ClipReading.USUAL.withLength(length)));
    }
    encoders.put(
        "CLIP, whole",
        new ClipWholePrompts(
            new ClipWholePrompts.Weights(config, config.width(), store().root()),
            ClipTokenizer.load(tokens)));
    T5Config t5 = JsonFiles.read(resource("t5/gated/config.json"), T5Config.class);
    for (T5Prompts.Reading reading : T5Prompts.Reading.values()) {
      encoders.put(
          "T5, " + reading,
          new T5Prompts(
              new T5TextModel(t5, store().root()),
              T5Tokenizer.load(resource("t5_tokenizer/model")),
              32,
              reading));
    }
  }

  @AfterAll
  void close() {
    encoders.values().forEach(PromptEncoder::close);
  }

  private static ParameterStore store() {
    return ParameterStore.forTraining(Map.of(), new RandomStreams(3), Precision.F32);
  }

  private static Path resource(String name) {
    try (Parity parity = Parity.of("clip_text/quick")) {
      return parity.folder().resolve("../..").resolve(name).normalize();
    }
  }

  Stream<String> encoders() {
    return encoders.keySet().stream();
  }

  private PromptEncoder encoder(String name) {
    return Objects.requireNonNull(encoders.get(name));
  }

  private static Conditioning read(PromptEncoder encoder, String... prompts) {
    return Scopes.noGrad(() -> encoder.condition(List.of(prompts)));
  }

  private static Tensor text(Conditioning read) {
    return read.get(Conditioning.TEXT).orElseThrow();
  }

  private static Tensor pooled(Conditioning read) {
    return read.get(Conditioning.POOLED).orElseThrow();
  }

  private static void requireNear(Tensor actual, Tensor expected) {
    assertThat(Tensors.shape(actual)).isEqualTo(Tensors.shape(expected));
    assertThat(Parity.distance(actual, expected)).isLessThan(MARK);
  }

  @Test
  void everyEncoderIsThere() {
    List<String> classes =
        new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.zoetrope.network") // what wraps one stands elsewhere
                .stream()
                .filter(c -> c.isAssignableTo(PromptEncoder.class) && !c.isInterface())
                .map(c -> c.getName())
                .toList();
    assertThat(encoders.values().stream().map(e -> e.getClass().getName()).distinct().toList())
        .containsExactlyInAnyOrderElementsOf(classes);
  }

  @ParameterizedTest
  @MethodSource("encoders")
  void everyPromptIsReadEmptyAndEndlessOnesToo(String name) {
    Scopes.run(() -> {
      PromptEncoder encoder = encoder(name);
      for (String prompt : List.of("", " ", "a red ball", "😀 猫 zyzzyva!", LONG)) {
        Conditioning read = read(encoder, prompt);
        Tensor text = text(read);
        assertThat(text.scalar_type().intern()).isEqualTo(ScalarType.Float);
        assertThat(Tensors.shape(text)).containsExactly(1, 1, text.size(2), encoder.width());
        assertThat(Tensors.shape(pooled(read))).containsExactly(1, 1, encoder.width());
        read.get(Conditioning.TEXT_MASK)
            .ifPresent(mask -> assertThat(Tensors.shape(mask)).containsExactly(1, 1, text.size(2)));
        for (float x : Tensors.toFloats(text)) {
          assertThat(x).isFinite();
        }
      }
    });
  }

  @ParameterizedTest
  @MethodSource("encoders")
  void aPromptIsReadAloneAsInABatch(String name) {
    Scopes.run(() -> {
      PromptEncoder encoder = encoder(name);
      List<String> prompts = List.of("a red ball", "", "moves right");
      Conditioning all = read(encoder, prompts.toArray(String[]::new));
      for (int i = 0; i < prompts.size(); i++) {
        Conditioning one = read(encoder, prompts.get(i));
        requireNear(text(all).narrow(0, i, 1), text(one));
        requireNear(pooled(all).narrow(0, i, 1), pooled(one));
      }
      assertThat(Tensors.toBytes(text(read(encoder, prompts.toArray(String[]::new)))))
          .isEqualTo(Tensors.toBytes(text(all)));
      assertThat(Parity.distance(text(all).narrow(0, 2, 1), text(all).narrow(0, 0, 1)))
          .isGreaterThan(1e-3);
    });
  }

  /** Groups that are used together have as many tokens, whatever they say. */
  @ParameterizedTest
  @MethodSource("encoders")
  void groupsCanBeJoined(String name) {
    Scopes.run(() -> {
      List<Conditioning> groups =
          Scopes.noGrad(() ->
              encoder(name).conditions(List.of(List.of(""), List.of(LONG), List.of("a ball"))));
      assertThat(groups).hasSize(3);
      assertThat(text(Conditioning.concat(groups)).size(0)).isEqualTo(3);
    });
  }

  @ParameterizedTest
  @MethodSource("encoders")
  void whatIsNotReadIsSaid(String name) {
    PromptEncoder encoder = encoder(name);
    assertThat(encoder.unread("a red ball")).isEmpty();
    assertThat(encoder.unread("")).isEmpty();
    boolean cut = !name.contains("CHUNKS");
    assertThat(encoder.unread(LONG).isPresent()).isEqualTo(cut);
    encoder.unread(LONG).ifPresent(rest -> assertThat(LONG).endsWith(rest));
  }

  @ParameterizedTest
  @MethodSource("encoders")
  void unknownWordsComeInOrder(String name) {
    PromptEncoder encoder = encoder(name);
    assertThat(encoder.unknownWords("a red ball")).isEmpty();
    List<String> unknown = encoder.unknownWords("a zebra moves sideways");
    // Those whose tokens are bytes or pieces spell every word.
    assertThat(unknown).isIn(List.of(), List.of("zebra", "sideways"));
    assertThat(unknown.isEmpty()).isEqualTo(!(encoder instanceof WordPrompts));
  }
}
