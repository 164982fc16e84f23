package io.zoetrope.pipeline.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.Parity;
import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.JsonFiles;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.error.UserError;
import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.network.vae.tiny.TinyPicturesConfig;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/** TAESD in place of the autoencoder of a model that makes latents of Stable Diffusion. */
class TaesdTest {
  private static final Path MODEL = TinyStableDiffusion.resource("reference/animatediff/model");
  private static final Path USUAL = TinyStableDiffusion.resource("reference/taesd/usual");
  private static final Path OTHER = TinyStableDiffusion.resource("reference/taesd/other");
  private static final JsonMapper JSON = new JsonMapper();
  private static final String WEIGHTS = "diffusion_pytorch_model.safetensors";

  @TempDir private Path temp;

  private static <T> T with(ModelChoice choice, Function<VideoModel, T> body) {
    try (VideoModel model = VideoModel.load(choice)) {
      return Scopes.noGrad(() -> body.apply(model));
    }
  }

  private static ModelChoice behind(Path vae) {
    return ModelChoice.of(MODEL, "f32").withVae(Optional.of(vae));
  }

  private static Tensor decoded(ModelChoice choice) {
    try (Parity fixture = Parity.of("taesd/usual")) {
      return with(choice, model -> new Engine(model).pixels(fixture.get("z")));
    }
  }

  /** The file of a half, as TAESD's own code has it. */
  private Path half(Path fixture, String half, String file, Consumer<Map<String, Tensor>> change) {
    Path to = temp.resolve(file);
    try (SafetensorsFile own = Safetensors.open(fixture.resolve(WEIGHTS))) {
      Map<String, Tensor> all = new LinkedHashMap<>();
      JsonFiles.read(fixture.resolve("names.json"), Map.class)
          .forEach((name, original) -> {
            String[] parts = String.valueOf(original).split(":", 2);
            if (parts[0].equals(half)) {
              all.put(parts[1], own.tensor(String.valueOf(name)));
            }
          });
      change.accept(all);
      Safetensors.write(to, all, Map.of());
    }
    return to;
  }

  private Path half(Path fixture, String half, String file) {
    return half(fixture, half, file, all -> {});
  }

  /** Its latents are those that the model samples: nothing is multiplied on the way. */
  @Test
  void foldersAndFilesDecodeWhatIsSampled() {
    Scopes.run(() -> {
      Tensor folder = decoded(behind(USUAL));
      try (Parity fixture = Parity.of("taesd/usual")) {
        fixture.check("decoded", folder);
      }
      Path decoder = half(USUAL, "decoder", "taesd_decoder.safetensors");
      assertThat(decoded(behind(decoder)).equal(folder)).isTrue();
      Path encoder = half(USUAL, "encoder", "taesd_encoder.safetensors");
      assertThat(decoded(behind(encoder)).equal(folder)).isTrue();
      assertThat(decoded(behind(USUAL.resolve(WEIGHTS))).equal(folder)).isTrue();
    });
  }

  /** A directory of diffusers whose own autoencoder it is. */
  @Test
  void aModelsOwn() throws IOException {
    Path model = TinyStableDiffusion.write(temp.resolve("model"), ScalarType.Float);
    Path vae = model.resolve("vae");
    for (String file : new String[] {"config.json", WEIGHTS}) {
      Files.copy(USUAL.resolve(file), vae.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
    Path index = model.resolve("model_index.json");
    Files.writeString(index, Files.readString(index).replace("AutoencoderKL", "AutoencoderTiny"));
    Scopes.run(() ->
        assertThat(decoded(ModelChoice.of(model, "f32")).equal(decoded(behind(USUAL)))).isTrue());
  }

  /** Written as others would read it, and put behind a model of video whose scale is the same. */
  @Test
  void behindStableVideoDiffusion() {
    TinyPicturesConfig.Half half = new TinyPicturesConfig.Half(8, List.of(1, 2));
    TinyPicturesConfig config = new TinyPicturesConfig(4, Optional.of(half), half);
    Component folder = Component.diffusion(temp.resolve("taesd"));
    try (ParameterStore store =
        ParameterStore.forTraining(Map.of(), new RandomStreams(4), Precision.F32)) {
      assertThat(config.build(store.root()).grid().space()).isEqualTo(2);
      folder.write(config, store.parameters(), ScalarType.Float);
    }
    Path model = TinyStableVideo.directory(temp);
    Scopes.run(() -> {
      Tensor frames =
          with(
              ModelChoice.of(model, "f32").withVae(Optional.of(folder.folder())),
              loaded -> {
                assertThat(loaded.autoencoder().quick()).isTrue();
                return new Engine(loaded).pixels(Tensors.full(0.4, 1, 4, 2, 3, 2));
              });
      assertThat(Tensors.shape(frames)).containsExactly(1, 3, 2, 6, 4);
    });
  }

  @Test
  void itIsQuickAndOfTheModelsScale() {
    Autoencoder.Scaling scaling =
        with(
            behind(USUAL),
            model -> {
              assertThat(model.autoencoder().quick()).isTrue();
              return model.autoencoder().scaling().orElseThrow();
            });
    assertThat(scaling).isEqualTo(new Autoencoder.Scaling(0.18215, 0));
  }

  @Test
  void encodingWantsAnEncoder() {
    Path decoder = half(USUAL, "decoder", "lone_decoder.safetensors");
    Scopes.run(() -> {
      Tensor x = Tensors.zeros(1, 3, 1, 16, 16);
      assertThat(Tensors.shape(decoded(behind(decoder)))).containsExactly(1, 3, 2, 40, 24);
      assertThatThrownBy(() -> with(behind(decoder), model -> model.autoencoder().encode(x)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("decoder of TAESD alone, which makes no latents of pictures")
          .message()
          .hasLineCount(1);
    });
  }

  /** What others open it by, without a model. */
  @Test
  void opensAlone() {
    Path decoder = half(USUAL, "decoder", "taesd_decoder.safetensors");
    Path unused = half(USUAL, "encoder", "taesd_encoder.safetensors");
    Scopes.run(() -> {
      try (Parity fixture = Parity.of("taesd/usual");
          Autoencoders.Opened folder = Autoencoders.open(USUAL);
          Autoencoders.Opened file = Autoencoders.open(decoder)) {
        for (Autoencoders.Opened opened : new Autoencoders.Opened[] {folder, file}) {
          fixture.check("encoded", opened.autoencoder().encode(fixture.get("x")));
        }
      }
    });
  }

  /** A file or a folder. */
  interface Made {
    Path of(TaesdTest test) throws IOException;
  }

  static Stream<Arguments> wrong() {
    return Stream.of(
        row("latents of 16 channels, the model's unet takes 4", test -> OTHER),
        row(
            "latents of 16 channels, the model's unet takes 4",
            test -> test.half(OTHER, "decoder", "taef1_decoder.safetensors")),
        row(
            "scales latents by 0.13025, the model by 0.18215",
            test -> test.half(USUAL, "decoder", "taesdxl_decoder.safetensors")),
        row("scales latents by 0.13025, the model by 0.18215", test -> test.copy("taesdxl", "{}")),
        row(
            "scales latents by 0.5, the model by 0.18215",
            test ->
                test.half(
                    USUAL,
                    "decoder",
                    "comfy.safetensors",
                    all -> all.put("vae_scale", Tensors.full(0.5)))),
        row(
            "encoder of TAESD alone: it decodes nothing",
            test -> test.half(USUAL, "encoder", "lone_encoder.safetensors")),
        row(
            "lacks 1 of",
            test ->
                test.half(USUAL, "decoder", "d.safetensors", all -> all.remove("8.conv.2.weight"))),
        row(
            "weights that the model does not know ('decoder.layers.2.pool.0.weight')",
            test ->
                test.half(
                    USUAL,
                    "decoder",
                    "flux2.safetensors",
                    all -> all.put("3.pool.0.weight", Tensors.zeros(8, 8, 1, 1)))),
        row(
            "4 channels at 1/8",
            test ->
                test.half(
                    USUAL,
                    "decoder",
                    "cut.safetensors",
                    all -> all.keySet().removeIf(key -> key.matches("1[89]\\..*")))),
        row(
            "is no kernel",
            test ->
                test.half(
                    USUAL,
                    "decoder",
                    "flat.safetensors",
                    all -> all.put("1.weight", Tensors.zeros(8)))),
        row(
            "encoder.layers.14.weight",
            test -> {
              Path decoder = test.half(USUAL, "decoder", "pair_decoder.safetensors");
              Path unused =
                  test.half(
                      USUAL,
                      "encoder",
                      "pair_encoder.safetensors",
                      all -> all.put("14.weight", Tensors.zeros(16, 8, 3, 3)));
              return decoder;
            }),
        row(
            "scaling_factor 0.5 is not supported",
            test -> test.copy("s", "{\"scaling_factor\": 0.5}")),
        row("lacks", test -> test.copy("more", "{\"num_decoder_blocks\": [3, 3, 3, 2]}")));
  }

  private static Arguments row(String message, Made vae) {
    return Arguments.of(message, vae);
  }

  /** The usual one in a folder of a name, with something else in its config. */
  private Path copy(String name, String change) throws IOException {
    Path folder = Files.createDirectories(temp.resolve(name));
    Files.copy(USUAL.resolve(WEIGHTS), folder.resolve(WEIGHTS));
    Map<String, Object> config = new LinkedHashMap<>();
    JsonFiles.read(USUAL.resolve("config.json"), Map.class)
        .forEach((key, value) -> config.put(String.valueOf(key), value));
    JSON.readValue(change, Map.class)
        .forEach((key, value) -> config.put(String.valueOf(key), value));
    Files.writeString(folder.resolve("config.json"), JSON.writeValueAsString(config));
    return folder;
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void whatDoesNotFitIsRefusedInALine(String message, Made vae) {
    Scopes.run(() -> {
      Path path;
      try {
        path = vae.of(this);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      assertThatThrownBy(() -> decoded(behind(path)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining(message)
          .message()
          .hasLineCount(1);
    });
  }
}
