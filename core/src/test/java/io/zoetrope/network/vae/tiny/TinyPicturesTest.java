package io.zoetrope.network.vae.tiny;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.Parity;
import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.JsonFiles;
import io.zoetrope.checkpoint.keys.VaeFile;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.error.UserError;
import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Against fixtures of reference/make_taesd.py. */
class TinyPicturesTest {
  private static final String WEIGHTS = "diffusion_pytorch_model.safetensors";
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir private Path temp;

  private static TinyPicturesConfig config(Path folder) {
    return Component.diffusion(folder).config(TinyPicturesConfig.class);
  }

  private static void with(String name, BiConsumer<Parity, TinyPictures> body) {
    try (Parity fixture = Parity.of("taesd/" + name)) {
      with(
          config(fixture.folder()),
          fixture.folder().resolve(WEIGHTS),
          vae -> body.accept(fixture, vae));
    }
  }

  private static void with(TinyPicturesConfig config, Path weights, Consumer<TinyPictures> body) {
    try (VaeFile file = VaeFile.open(weights)) {
      Scopes.run(() -> {
        ParameterStore store = ParameterStore.forInference(file.weights().tensors(), Precision.F32);
        TinyPictures vae = config.build(store.root());
        store.requireComplete(weights.toString());
        body.accept(vae);
        store.close();
      });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"usual", "other"})
  void encodesAndDecodesAsTheReference(String name) {
    with(
        name,
        (fixture, vae) -> {
          fixture.check("encoded", vae.encode(fixture.get("x")));
          fixture.check("decoded", vae.decode(fixture.get("z")));
        });
  }

  /** With gradients recorded nothing is done in place. */
  @Test
  void theSameWithGradients() {
    with(
        "other",
        (fixture, vae) -> {
          Tensor z = fixture.get("z").clone();
          z.set_requires_grad(true);
          Tensor decoded = vae.decode(z);
          fixture.check("decoded", decoded.detach());
          decoded.square().mean().backward();
          assertThat(z.grad().abs().max().item_double()).isGreaterThan(0);
        });
  }

  @Test
  void shapes() {
    TinyPicturesConfig usual = config(Parity.of("taesd/usual").folder());
    assertThat(usual)
        .isEqualTo(
            new TinyPicturesConfig(
                4,
                Optional.of(new TinyPicturesConfig.Half(8, List.of(1, 3, 3, 3))),
                new TinyPicturesConfig.Half(8, List.of(3, 3, 3, 1))));
    assertThat(usual.grid()).isEqualTo(LatentGrid.ofPictures(4, 8));
    TinyPicturesConfig other = config(Parity.of("taesd/other").folder());
    assertThat(other.grid()).isEqualTo(LatentGrid.ofPictures(16, 4));
    assertThat(TinyPicturesConfig.of(JSON.readTree("{}")).perFrame(512, 512))
        .isEqualTo(6L * 4 * 64 * 512 * 512);
  }

  @ParameterizedTest
  @ValueSource(strings = {"usual", "other"})
  void whatIsWrittenIsRead(String name) {
    TinyPicturesConfig config = config(Parity.of("taesd/" + name).folder());
    assertThat(again(config)).isEqualTo(config);
    TinyPicturesConfig decoder =
        new TinyPicturesConfig(config.latentChannels(), Optional.empty(), config.decoder());
    assertThat(again(decoder)).isEqualTo(decoder);
  }

  private static TinyPicturesConfig again(TinyPicturesConfig config) {
    JsonNode written = JSON.valueToTree(config);
    return TinyPicturesConfig.of(written);
  }

  /** The names of its own code, by diffusers' name: {@code decoder:3.conv.0.weight}. */
  private static Map<String, String> originals(Path folder) {
    Map<String, String> names = new TreeMap<>();
    JsonFiles.read(folder.resolve("names.json"), Map.class)
        .forEach((name, own) -> names.put(String.valueOf(name), String.valueOf(own)));
    return names;
  }

  /** The weights of a fixture under other names; those without one are left out. */
  private Path renamed(Path folder, String file, Function<String, Optional<String>> name) {
    Path to = temp.resolve(file);
    try (VaeFile own = VaeFile.open(folder.resolve(WEIGHTS))) {
      Map<String, Tensor> all = new LinkedHashMap<>();
      originals(folder)
          .forEach((diffusers, original) ->
              name.apply(original)
                  .ifPresent(key -> all.put(key, own.weights().tensors().get(diffusers))));
      Safetensors.write(to, all, Map.of());
    }
    return to;
  }

  private static Function<String, Optional<String>> half(String half) {
    return original ->
        original.startsWith(half + ":")
            ? Optional.of(original.substring(half.length() + 1))
            : Optional.empty();
  }

  private static Function<String, Optional<String>> behind(String form) {
    return original -> Optional.of(form.formatted((Object[]) original.split(":", 2)));
  }

  /** Two files, and one file by each of three prefixes, are the folder to the bit. */
  @ParameterizedTest
  @ValueSource(strings = {"usual", "other"})
  void originalNamesAreTheSameWeights(String name) {
    try (Parity fixture = Parity.of("taesd/" + name)) {
      Path folder = fixture.folder();
      Path decoder = renamed(folder, "tiny_decoder.safetensors", half("decoder"));
      Path encoder = renamed(folder, "tiny_encoder.safetensors", half("encoder"));
      Path diffusers = folder.resolve(WEIGHTS);
      try (VaeFile own = VaeFile.open(diffusers)) {
        for (Path path :
            List.of(
                decoder,
                encoder,
                renamed(folder, "comfy.safetensors", behind("taesd_%s.%s")),
                renamed(folder, "class.safetensors", behind("%s.%s")))) {
          try (VaeFile file = VaeFile.open(path)) {
            assertThat(file.names()).as("%s", path).isEqualTo(own.names());
            assertThat(TinyPicturesConfig.is(file.names())).isTrue();
            assertThat(TinyPicturesConfig.of(file.shapes())).isEqualTo(config(folder));
            Map<String, Tensor> read = file.weights().tensors();
            own.weights()
                .tensors()
                .forEach((key, tensor) ->
                    assertThat(tensor.equal(Objects.requireNonNull(read.get(key))))
                        .as(key)
                        .isTrue());
          }
        }
      }
    }
  }

  @Test
  void aDecoderAloneDecodes() {
    try (Parity fixture = Parity.of("taesd/usual")) {
      Path decoder = renamed(fixture.folder(), "alone.safetensors", half("decoder"));
      TinyPicturesConfig config;
      try (VaeFile file = VaeFile.open(decoder)) {
        config = TinyPicturesConfig.of(file.shapes());
      }
      assertThat(config.encoder()).isEmpty();
      with(
          config,
          decoder,
          vae -> {
            fixture.check("decoded", vae.decode(fixture.get("z")));
            assertThatThrownBy(() -> vae.encode(fixture.get("x")))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("decoder of TAESD alone")
                .message()
                .hasLineCount(1);
          });
    }
  }

  /** Frames go in groups, and so is told of them; a group may be left between layers. */
  @Test
  void tellsOfFramesAndStops() {
    with(
        "usual",
        (fixture, vae) -> {
          List<Long> done = new ArrayList<>();
          Progress progress =
              new Progress() {
                @Override
                public void update(Report report) {
                  assertThat(report.phase()).isEqualTo(Phase.DECODE);
                  assertThat(report.total()).isEqualTo(2);
                  done.add(report.done());
                }

                @Override
                public boolean cancelled() {
                  return done.size() > 3;
                }
              };
          assertThatThrownBy(() -> vae.decode(fixture.get("z"), progress))
              .isInstanceOf(CancellationException.class);
          assertThat(done).containsOnly(0L);
        });
  }

  /** What it is called tells whose latents it takes, as far as it has as many channels. */
  @ParameterizedTest
  @MethodSource("names")
  void namesTellOfLatents(int channels, String path, double factor, double shift) {
    TinyPicturesConfig config =
        new TinyPicturesConfig(
            channels, Optional.empty(), new TinyPicturesConfig.Half(8, List.of(1)));
    assertThat(config.named(Path.of(path)).latentScaling())
        .contains(new Autoencoder.Scaling(factor, shift));
  }

  static Stream<Arguments> names() {
    return Stream.of(
        Arguments.of(4, "taesd_decoder.safetensors", 0.18215, 0),
        Arguments.of(4, "vae/model.safetensors", 0.18215, 0),
        Arguments.of(4, "/m/taesdxl_decoder.safetensors", 0.13025, 0),
        Arguments.of(4, "/m/TAESDXL/" + WEIGHTS, 0.13025, 0),
        Arguments.of(4, "/h/models--madebyollin--taesdxl/snapshots/0a1b/" + WEIGHTS, 0.13025, 0),
        Arguments.of(4, "/m/taesdxl/taesd", 0.18215, 0),
        Arguments.of(4, "/taesd3/model.safetensors", 0.18215, 0),
        Arguments.of(16, "taef1_decoder.safetensors", 0.3611, 0.1159),
        Arguments.of(16, "taesd3", 1.5305, 0.0609),
        Arguments.of(32, "taef2", 1, 0));
  }

  /** ComfyUI writes beside the weights what it multiplies latents by. */
  @Test
  void scalesBesideWeightsAreRead() {
    try (Parity fixture = Parity.of("taesd/usual");
        VaeFile own = VaeFile.open(fixture.folder().resolve(WEIGHTS))) {
      for (float factor : new float[] {1, 0.13025f}) {
        Path path = temp.resolve("scaled-%s.safetensors".formatted(factor));
        Map<String, Tensor> all = new LinkedHashMap<>(own.weights().tensors());
        all.put("vae_scale", Tensors.full(factor));
        all.put("vae_shift", Tensors.full(0));
        Safetensors.write(path, all, Map.of());
        try (VaeFile file = VaeFile.open(path)) {
          assertThat(file.names()).isEqualTo(own.names());
          assertThat(file.scale())
              .isEqualTo(
                  factor == 1 ? Optional.empty() : Optional.of(new VaeFile.Scale(0.13025, 0)));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("configs")
  void otherConfigsAreRefusedInALine(String key, Object value, String message) {
    ObjectNode json = JSON.createObjectNode();
    json.set(key, JSON.valueToTree(value));
    assertThatThrownBy(() -> TinyPicturesConfig.of(json))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(message)
        .message()
        .hasLineCount(1);
  }

  static Stream<Arguments> configs() {
    return Stream.of(
        Arguments.of("act_fn", "silu", "act_fn 'silu' is not supported"),
        Arguments.of("upsample_fn", "bilinear", "upsample_fn 'bilinear'"),
        Arguments.of("upsampling_scaling_factor", 3, "upsampling_scaling_factor '3'"),
        Arguments.of("in_channels", 4, "in_channels '4'"),
        Arguments.of("scaling_factor", 0.18215, "scaling_factor 0.18215 is not supported"),
        Arguments.of("shift_factor", 0.1, "shift_factor 0.1 is not supported"),
        Arguments.of("latent_channels", 0, "latent_channels of at least 1"),
        Arguments.of("num_encoder_blocks", List.of(1, 3, 3), "as many encoder_block_out_channels"),
        Arguments.of("num_decoder_blocks", List.of(3, 3, 3, -1), "blocks at each resolution"),
        Arguments.of("encoder_block_out_channels", List.of(8, 8, 8, 16), "only equal ones are"),
        Arguments.of("decoder_block_out_channels", "wide", "as many decoder_block_out_channels"));
  }

  @Test
  void halvesThatAreNotOfEachOther() {
    try (Parity usual = Parity.of("taesd/usual");
        Parity other = Parity.of("taesd/other")) {
      Path decoder = renamed(usual.folder(), "two_decoder.safetensors", half("decoder"));
      Path unused = renamed(other.folder(), "two_encoder.safetensors", half("encoder"));
      try (VaeFile file = VaeFile.open(decoder)) {
        assertThatThrownBy(() -> TinyPicturesConfig.of(file.shapes()))
            .isInstanceOf(UserError.class)
            .hasMessageContaining("as many resolutions in its encoder as in its decoder");
      }
      Path encoder = renamed(usual.folder(), "one_encoder.safetensors", half("encoder"));
      try (VaeFile file = VaeFile.open(encoder)) {
        assertThatThrownBy(() -> TinyPicturesConfig.of(file.shapes()))
            .isInstanceOf(UserError.class)
            .hasMessageContaining("the encoder of TAESD alone: it decodes nothing");
      }
    }
  }

  @Test
  void aWeightByTwoNamesIsRefused() {
    try (Parity fixture = Parity.of("taesd/usual");
        VaeFile own = VaeFile.open(fixture.folder().resolve(WEIGHTS))) {
      Map<String, Tensor> all = new LinkedHashMap<>(own.weights().tensors());
      all.put("taesd_encoder.14.bias", Tensors.zeros(4));
      Path path = temp.resolve("twice.safetensors");
      Safetensors.write(path, all, Map.of());
      assertThatThrownBy(() -> VaeFile.open(path))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("has encoder.layers.14.bias twice")
          .message()
          .hasLineCount(1);
    }
  }
}
