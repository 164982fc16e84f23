package io.zoetrope.pipeline.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.zoetrope.error.UserError;
import io.zoetrope.network.dit.DitConfig;
import io.zoetrope.network.text.PromptTokenizer;
import io.zoetrope.network.unet.UNetConfig;
import io.zoetrope.pipeline.TinyModel;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.ModelIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A model directory that is not whole: one line that names the file and what is wrong with it. */
class ModelLoadErrorsTest {
  private static final String TRANSFORMER = "transformer/diffusion_pytorch_model.safetensors";

  @TempDir Path folder;
  private Path model;

  @BeforeEach
  void write() {
    model = TinyModel.write(folder.resolve("model"));
  }

  @Test
  void noDirectory() {
    assertThat(refused(folder.resolve("nowhere")))
        .isEqualTo(
            "no model directory %s: look at the models that are there"
                .formatted(folder.resolve("nowhere")));
  }

  @Test
  void aFileInPlaceOfADirectory() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");
    assertThat(refused(file)).contains(file.toString());
  }

  static Stream<String> files() {
    return Stream.of(
        "model_index.json",
        "scheduler/scheduler_config.json",
        "tokenizer/tokenizer.json",
        "transformer/config.json",
        TRANSFORMER,
        "text_encoder/config.json",
        "text_encoder/model.safetensors",
        "vae/config.json",
        "vae/diffusion_pytorch_model.safetensors");
  }

  @Test
  void theTableBelowNamesEveryFile() throws IOException {
    try (Stream<Path> all = Files.walk(model)) {
      assertThat(all.filter(Files::isRegularFile).map(p -> model.relativize(p).toString()))
          .containsExactlyInAnyOrderElementsOf(files().toList());
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void aMissingFile(String name) throws IOException {
    Files.delete(model.resolve(name));
    assertThat(refused(model)).contains(model.resolve(name).toString());
  }

  @ParameterizedTest
  @MethodSource("files")
  void anEmptyFile(String name) throws IOException {
    Files.write(model.resolve(name), new byte[0]);
    assertThat(refused(model)).contains(model.resolve(name).toString());
  }

  @ParameterizedTest
  @MethodSource("files")
  void aTruncatedFile(String name) throws IOException {
    byte[] bytes = Files.readAllBytes(model.resolve(name));
    Files.write(model.resolve(name), Arrays.copyOf(bytes, bytes.length * 2 / 3));
    assertThat(refused(model)).contains(model.resolve(name).toString());
  }

  @Test
  void truncatedWeightsAreCalledTruncated() throws IOException {
    byte[] bytes = Files.readAllBytes(model.resolve(TRANSFORMER));
    Files.write(model.resolve(TRANSFORMER), Arrays.copyOf(bytes, bytes.length - 1));
    assertThat(refused(model)).contains(TRANSFORMER).contains("it is truncated or damaged");
  }

  @Test
  void anotherKind() throws IOException {
    replace("model_index.json", ModelIndex.KIND, "FluxPipeline");
    assertThat(refused(model))
        .isEqualTo(
            "%s is a FluxPipeline; this version runs %s"
                .formatted(
                    model,
                    "ZoetropeTextToVideo, StableDiffusionPipeline, AnimateDiffPipeline,"
                        + " StableUnCLIPPipeline, StableDiffusionUpscalePipeline,"
                        + " StableVideoDiffusionPipeline, TuneAVideoPipeline, TextToVideoSDPipeline,"
                        + " WanPipeline"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "transformer | \"width\" : 32 | \"width\" : 64",
        "text_encoder | \"vocabulary\" : 9 | \"vocabulary\" : 12",
        "vae | \"patch\" : 2 | \"patch\" : 4"
      },
      quoteCharacter = '`')
  void weightsOfOtherShapes(String part, String was, String is) throws IOException {
    replace(part + "/config.json", was, is);
    assertThat(refused(model))
        .contains(model.resolve(part).toString())
        .contains("has shape")
        .contains("where the model needs");
  }

  @ParameterizedTest
  @CsvSource({"1,that the model does not know", "3,lacks"})
  void weightsThatAreTooManyOrTooFew(int depth, String says) throws IOException {
    replace("transformer/config.json", "\"depth\" : 2", "\"depth\" : " + depth);
    assertThat(refused(model)).contains(model.resolve(TRANSFORMER).toString()).contains(says);
  }

  @Test
  void aConfigThatIsNoNetwork() throws IOException {
    replace("transformer/config.json", "\"heads\" : 2", "\"heads\" : 5");
    assertThat(refused(model))
        .contains(model.resolve("transformer/config.json").toString())
        .contains("width 32 does not split into 5 heads");
  }

  @Test
  void anUnknownScheduleOrPrediction() throws IOException {
    replace("scheduler/scheduler_config.json", "\"schedule\" : \"flow\"", "\"schedule\" : \"x\"");
    assertThat(refused(model)).contains("scheduler_config.json").contains("unknown noise schedule");
    TinyModel.write(model);
    replace(
        "scheduler/scheduler_config.json",
        "\"prediction_type\" : \"flow\"",
        "\"prediction_type\" : \"y\"");
    assertThat(refused(model)).contains("scheduler_config.json").contains("y");
  }

  /** Each part is whole in itself, but they were not trained together. */
  @Test
  void partsThatDoNotFitTogether() {
    DitConfig wide = new DitConfig(8, 1, 32, 2, 2, 32, true, true);
    assertThat(refused(TinyModel.write(folder.resolve("channels"), wide, 0.1)))
        .contains(folder.resolve("channels").toString())
        .contains("8 channels");
    DitConfig texts = new DitConfig(4, 1, 32, 2, 2, 64, true, true);
    assertThat(refused(TinyModel.write(folder.resolve("texts"), texts, 0.1)))
        .contains(folder.resolve("texts").toString())
        .contains("64");
  }

  @Test
  void aUNetInPlaceOfATransformer() throws IOException {
    Path unet = TinyModel.write(folder.resolve("unet-model"), UNetConfig.size("tiny"), 0.1);
    assertThat(unet.resolve("transformer")).doesNotExist();
    try (VideoModel loaded = VideoModel.load(ModelChoice.of(unet, "f32"))) {
      assertThat(loaded.network().config()).isEqualTo(UNetConfig.size("tiny"));
      assertThat(TinyModel.latents(loaded, TinyModel.request(1)))
          .isEqualTo(TinyModel.latents(loaded, TinyModel.request(1)))
          .isNotEqualTo(TinyModel.latents(loaded, TinyModel.request(2)));
    }
    Path config = unet.resolve("unet/config.json");
    String good = Files.readString(config);
    for (String[] change :
        new String[][] {
          {"\"relative\"", "\"telepathy\""},
          {"\"heads\" : [ 0, 2 ]", "\"heads\" : [ 0, 3 ]"},
          {"\"norm_num_groups\" : 8", "\"norm_num_groups\" : 7"},
          {"\"style\" : {", "\"style\" : null, \"x\" : {"},
          {"\"layers_per_block\" : 1", "\"layers_per_block\" : 2"},
        }) {
      assertThat(good).contains(change[0]);
      Files.writeString(config, good.replace(change[0], change[1]));
      assertThat(refused(unet)).as(change[1]).contains(unet.resolve("unet").toString());
    }
    Files.writeString(config, good);
    TinyModel.write(unet);
    assertThat(refused(unet)).contains("holds both a unet and a transformer");
  }

  @ParameterizedTest
  @ValueSource(strings = {"f16", "", "BF-16"})
  void anUnknownNumberFormat(String dtype) {
    assertThat(catchThrowable(() -> VideoModel.load(ModelChoice.of(model, dtype))))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("use auto, f32 or bf16");
  }

  @Test
  void aTokenizerOfMoreTokensThanTheTextEncoderKnows() throws IOException {
    Files.writeString(
        model.resolve("tokenizer/tokenizer.json"),
        PromptTokenizer.wordLevel(List.of("a", "b", "c", "d", "e", "f", "g")));
    assertThat(refused(model))
        .contains(model.toString(), "tokenizer has 10 tokens, the text encoder knows 9");
  }

  @Test
  void aTextEncoderOfAnotherKind() throws IOException {
    Files.writeString(
        model.resolve("text_encoder/config.json"), "{\"architectures\": [\"GemmaModel\"]}");
    assertThat(refused(model)).contains("GemmaModel");
  }

  @Test
  void nothingOfAWholeModelIsRefused() {
    for (String dtype : List.of("f32", "auto", "bf16")) {
      try (VideoModel loaded = VideoModel.load(ModelChoice.of(model, dtype))) {
        assertThat(loaded.sizeMultiple()).isEqualTo(4);
        assertThat(loaded.defaults()).isEqualTo(TinyModel.DEFAULTS);
        assertThat(loaded.unknownWords("a red dragon")).containsExactly("dragon");
      }
    }
  }

  private void replace(String name, String from, String to) throws IOException {
    String text = Files.readString(model.resolve(name));
    assertThat(text).contains(from);
    Files.writeString(model.resolve(name), text.replace(from, to));
  }

  /** The one line with which a directory is refused. */
  private static String refused(Path directory) {
    Throwable error =
        catchThrowable(() -> VideoModel.load(ModelChoice.of(directory, "f32")).close());
    assertThat(error).isInstanceOf(UserError.class);
    String message = String.valueOf(error.getMessage());
    assertThat(message).doesNotContain("\n");
    return message;
  }
}
