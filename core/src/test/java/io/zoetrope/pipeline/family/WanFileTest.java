package io.zoetrope.pipeline.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.WeightSet;
import io.zoetrope.checkpoint.gguf.GgufBytes;
import io.zoetrope.checkpoint.keys.WanNames;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.error.UserError;
import io.zoetrope.network.TestNetworks;
import io.zoetrope.network.vae.AutoencoderConfig;
import io.zoetrope.network.vae.tiny.TinyConfig;
import io.zoetrope.network.vae.tiny.TinyPicturesConfig;
import io.zoetrope.network.vae.wan.WanVaeConfig;
import io.zoetrope.network.wan.WanConfig;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.TextToVideo;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The same weights in a folder of diffusers and in files of their own are the same model. */
class WanFileTest {
  private static final List<String> T5 =
      List.of(
          "layer.0.layer_norm", "norm1",
          "layer.0.SelfAttention.relative_attention_bias", "pos_embedding.embedding",
          "layer.0.SelfAttention.", "attn.",
          "layer.1.layer_norm", "norm2",
          "layer.1.DenseReluDense.wi_0", "ffn.gate.0",
          "layer.1.DenseReluDense.wi_1", "ffn.fc1",
          "layer.1.DenseReluDense.wo", "ffn.fc2",
          "encoder.block.", "blocks.",
          "encoder.final_layer_norm", "norm",
          "shared", "token_embedding");

  /** Channels of latents: how those of so many are normalised is known. */
  private static final int Z = 16;

  private static final WanVaeConfig VAE =
      new WanVaeConfig(
          4,
          4,
          Z,
          List.of(1, 1, 1, 1),
          1,
          List.of(false, true, true),
          false,
          3,
          3,
          1,
          WanVaeConfig.WAN_2_1.mean(),
          WanVaeConfig.WAN_2_1.std());

  private static final WanVaeConfig OTHER =
      new WanVaeConfig(
          4,
          4,
          48,
          List.of(1, 1, 1, 1),
          1,
          List.of(false, true, true),
          false,
          3,
          3,
          1,
          WanVaeConfig.WAN_2_2.mean(),
          WanVaeConfig.WAN_2_2.std());

  @TempDir Path temp;

  private Path folder;

  /** A directory whose transformer has heads as the released ones have. */
  @BeforeEach
  void make() {
    folder = TinyWan.directory(temp, "t2v");
    write(folder.resolve("transformer"), Z, "a");
    Scopes.run(() -> {
      Map<String, Tensor> weights = new LinkedHashMap<>();
      ParameterStore store =
          ParameterStore.forTraining(Map.of(), new RandomStreams(1), Precision.F32);
      assertThat(VAE.build(store.root()).grid().channels()).isEqualTo(Z);
      store.parameters().forEach((name, p) -> weights.put(name, p.detach()));
      Component.diffusion(folder.resolve("vae")).write(VAE, weights, ScalarType.Float);
    });
  }

  private static WanConfig config(int channels) {
    return new WanConfig(
        WanConfig.Kind.WAN,
        1,
        128,
        channels,
        Z,
        36,
        16,
        32,
        1,
        true,
        Optional.empty(),
        false,
        1,
        Optional.empty());
  }

  private static void write(Path component, int channels, String salt) {
    Scopes.run(() -> {
      Map<String, Tensor> weights = new LinkedHashMap<>(TestNetworks.weights(config(channels)));
      weights.replaceAll((name, t) ->
          name.equals("proj_out.bias") ? TestNetworks.normal(salt, Tensors.shape(t)) : t);
      Component.diffusion(component).write(config(channels), weights, ScalarType.Float);
    });
  }

  private static void rename(Path from, Path to, UnaryOperator<String> names) {
    Scopes.run(() -> {
      try (WeightSet set = WeightSet.open(from)) {
        Map<String, Tensor> named = new LinkedHashMap<>();
        set.tensors().forEach((name, tensor) -> named.put(names.apply(name), tensor.clone()));
        Files.createDirectories(to.getParent());
        Safetensors.write(to, named, Map.of());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
  }

  private static String t5(String name) {
    String first = name;
    for (int i = 0; i < T5.size(); i += 2) {
      first = first.replace(T5.get(i), T5.get(i + 1));
    }
    return first;
  }

  /** The files as ComfyUI has them; the transformer's. */
  private Path files(String prefix, String name) {
    Path model = temp.resolve("comfy/diffusion_models").resolve(name);
    rename(
        folder.resolve("transformer/diffusion_pytorch_model.safetensors"),
        model,
        own -> prefix + WanNames.original(own).orElse(own));
    rename(
        folder.resolve("text_encoder/model.safetensors"),
        temp.resolve("comfy/text_encoders/umt5_xxl_fp16.safetensors"),
        WanFileTest::t5);
    rename(
        folder.resolve("vae/diffusion_pytorch_model.safetensors"),
        temp.resolve("comfy/vae/wan_2.1_vae.safetensors"),
        UnaryOperator.identity());
    return model;
  }

  private ModelChoice choice(Path model) {
    return ModelChoice.of(model, "f32").withTokenizer(Optional.of(folder.resolve("tokenizer")));
  }

  private static float[] made(ModelChoice choice) {
    try (VideoModel model = VideoModel.load(choice)) {
      VideoRequest request = new VideoRequest("a red ball", "", 3, 64, 48, 9, 16, 2, 3, "unipc");
      return Scopes.value(() ->
          Tensors.toFloats(
              new TextToVideo(new Engine(model)).latents(List.of(request), Progress.NONE)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "model.diffusion_model.", "diffusion_model."})
  void sameWeightsSameVideo(String prefix) throws IOException {
    Path scheduler = folder.resolve("scheduler/scheduler_config.json");
    Files.writeString(
        scheduler,
        Files.readString(scheduler).replace("\"flow_shift\": 3.0", "\"flow_shift\": 5.0"));
    Path model = files(prefix, "wan2.1_t2v.safetensors");
    assertThat(made(choice(model))).isEqualTo(made(choice(folder)));
    try (VideoModel loaded = VideoModel.load(choice(model))) {
      assertThat(loaded.reports())
          .allMatch(report -> report.unexpected().isEmpty() && report.missing().isEmpty());
      assertThat(loaded.defaults().width()).isEqualTo(832);
    }
  }

  /** A whole model of which the transformer is a GGUF file of plain numbers: to the bit. */
  @Test
  void aTransformerAsGguf() throws IOException {
    Path scheduler = folder.resolve("scheduler/scheduler_config.json");
    Files.writeString(
        scheduler,
        Files.readString(scheduler).replace("\"flow_shift\": 3.0", "\"flow_shift\": 5.0"));
    Path plain = files("", "wan2.1_t2v.safetensors");
    Path model = plain.resolveSibling("wan2.1_t2v-F32.gguf");
    GgufBytes out = new GgufBytes().key("general.architecture", "wan");
    Scopes.run(() -> {
      try (WeightSet set = WeightSet.open(plain)) {
        set.tensors()
            .forEach((name, tensor) ->
                out.tensor(
                    name,
                    GgufBytes.F32,
                    Tensors.toBytes(tensor.to(ScalarType.Float)),
                    Tensors.shape(tensor)));
      }
    });
    Files.write(model, out.bytes());
    Files.delete(plain);
    assertThat(made(choice(model))).isEqualTo(made(choice(folder)));
  }

  /** Two norms have each other's names in the first code; of a file of diffusers they stay. */
  @ParameterizedTest
  @ValueSource(strings = {"", "model.diffusion_model."})
  void diffusersNamesInOneFile(String prefix) throws IOException {
    Path scheduler = folder.resolve("scheduler/scheduler_config.json");
    Files.writeString(
        scheduler,
        Files.readString(scheduler).replace("\"flow_shift\": 3.0", "\"flow_shift\": 5.0"));
    Path model = files("", "wan.safetensors");
    rename(
        folder.resolve("transformer/diffusion_pytorch_model.safetensors"),
        model,
        own -> prefix + own);
    assertThat(made(choice(model))).isEqualTo(made(choice(folder)));
  }

  @Test
  void theOtherExpertLiesBesideByItsName() {
    Path high = files("", "wan2.2_t2v_high_noise_14B.safetensors");
    write(folder.resolve("transformer"), Z, "b");
    Path low = files("", "wan2.2_t2v_low_noise_14B.safetensors");
    try (VideoModel both = VideoModel.load(choice(high));
        VideoModel one = VideoModel.load(choice(low))) {
      assertThat(both.late().orElseThrow().below()).isEqualTo(875);
      assertThat(one.late()).isEmpty();
    }
  }

  @Test
  void whatIsMissingIsNamed() throws IOException {
    Path model = files("", "wan.safetensors");
    Path text = temp.resolve("comfy/text_encoders/umt5_xxl_fp16.safetensors");
    Path elsewhere = temp.resolve("elsewhere.safetensors");
    Files.move(text, elsewhere);
    assertThatThrownBy(() -> VideoModel.load(choice(model)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("has no text encoder beside it")
        .hasMessageContaining("the text encoder");
    assertThat(made(choice(model).withText(Optional.of(elsewhere)))).isNotEmpty();
    assertThatThrownBy(() -> VideoModel.load(choice(model).withText(Optional.of(model))))
        .hasMessageContaining("no text encoder of T5 v1.1 or UMT5");
    Files.delete(temp.resolve("comfy/vae/wan_2.1_vae.safetensors"));
    assertThatThrownBy(() -> VideoModel.load(choice(model).withText(Optional.of(elsewhere))))
        .hasMessageContaining("has no autoencoder beside it");
    ModelChoice bare = ModelChoice.of(model, "f32").withText(Optional.of(elsewhere));
    files("", "wan.safetensors");
    assertThatThrownBy(() -> VideoModel.load(bare)).hasMessageContaining("no tokenizer in");
  }

  /** A list of files that lie anywhere is the model that they make. */
  @Test
  void partsThatAListNames() throws IOException {
    Path high = files("", "wan2.2_t2v_high_noise_14B.safetensors");
    write(folder.resolve("transformer"), Z, "b");
    Path low = files("", "wan2.2_t2v_low_noise_14B.safetensors");
    float[] expected = made(choice(high));
    Path apart = Files.createDirectories(temp.resolve("apart/parts"));
    Path parts = apart.resolveSibling("wan.yaml");
    Files.move(high, apart.resolve("first.safetensors"));
    Files.move(low, apart.resolve("other.safetensors"));
    Files.move(
        temp.resolve("comfy/text_encoders/umt5_xxl_fp16.safetensors"),
        apart.resolve("text.safetensors"));
    Files.move(temp.resolve("comfy/vae/wan_2.1_vae.safetensors"), apart.resolve("v.safetensors"));
    String list =
        "transformer: parts/first.safetensors\nsecond: parts/other.safetensors\n"
            + "textEncoder: parts/text.safetensors\nvae: parts/v.safetensors\n";
    Files.writeString(parts, list + "tokenizer: %s\n".formatted(folder.resolve("tokenizer")));
    assertThat(made(ModelChoice.of(parts, "f32"))).isEqualTo(expected);
    try (VideoModel model = VideoModel.load(ModelChoice.of(parts, "f32"))) {
      assertThat(model.late()).isPresent();
    }
    // Of experts that are named one by one a second is there only if it is named.
    Files.writeString(parts, list.replaceAll("second.*\n", ""));
    try (VideoModel model = VideoModel.load(choice(parts))) {
      assertThat(model.late()).isEmpty();
    }
    Files.writeString(parts, list.replace("v.safetensors", "no.safetensors"));
    assertThatThrownBy(() -> VideoModel.load(choice(parts)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("there is no vae")
        .hasMessageContaining("no.safetensors");
    Files.writeString(parts, list + "encoder: x\n");
    assertThatThrownBy(() -> VideoModel.load(choice(parts)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("wan.yaml")
        .hasMessageContaining("encoder");
    Files.writeString(parts, list.replace("first", "text"));
    assertThatThrownBy(() -> VideoModel.load(choice(parts))).isInstanceOf(UserError.class);
  }

  /** TAEHV in a file of its own stands in for the autoencoder beside the transformer. */
  @Test
  void aTinyAutoencoderInItsPlace() {
    Path model = files("", "wan.safetensors");
    Path tiny = temp.resolve("taew2_1.safetensors");
    TinyConfig config =
        new TinyConfig(Z, 1, 8, List.of(2, 2, 1), List.of(8, 8, 8, 8), List.of(1, 2, 2));
    tiny(config, tiny);
    try (VideoModel loaded = VideoModel.load(choice(model).withVae(Optional.of(tiny)))) {
      assertThat(loaded.grid()).isEqualTo(config.grid());
      Scopes.run(() ->
          assertThat(Tensors.shape(loaded.autoencoder().decode(Tensors.zeros(1, Z, 3, 6, 8))))
              .containsExactly(1, 3, 9, 48, 64));
    }
  }

  private static void tiny(AutoencoderConfig config, Path file) {
    Scopes.run(() -> {
      ParameterStore store =
          ParameterStore.forTraining(Map.of(), new RandomStreams(2), Precision.F32);
      assertThat(config.build(store.root()).grid()).isEqualTo(config.grid());
      Map<String, Tensor> weights = new LinkedHashMap<>();
      store.parameters().forEach((name, p) -> weights.put(name, p.detach()));
      Safetensors.write(file, weights, Map.of());
    });
  }

  /** A file that is wrong in some way, and what is said of it. */
  record Wrong(String what, String says) {
    @Override
    public String toString() {
      return what;
    }
  }

  private static Stream<Wrong> wrongFiles() {
    return Stream.of(
        new Wrong("gguf cut in its table", "is not a good GGUF file"),
        new Wrong("gguf of a lying offset", "is not a good GGUF file"),
        new Wrong("gguf cut in its weights", "is not a good GGUF file"),
        new Wrong("safetensors of a lying offset", "is not a good safetensors file"),
        new Wrong("vae of another family", "of another family"),
        new Wrong("tiny vae of other latents", "of another family"),
        new Wrong("tiny vae of pictures", "makes latents of pictures, the model's are of videos"),
        new Wrong("text encoder of another width", "text"),
        new Wrong("lora of another size", "does not fit it"));
  }

  @ParameterizedTest
  @MethodSource("wrongFiles")
  void areRefusedInOneLine(Wrong wrong) throws IOException {
    Path model = files("", "wan.safetensors");
    ModelChoice choice = wrong(wrong.what, model);
    assertThatThrownBy(() -> VideoModel.load(choice).close())
        .isInstanceOf(UserError.class)
        .hasMessageContaining(wrong.says)
        .satisfies(e -> assertThat(String.valueOf(e.getMessage()).lines().count()).isEqualTo(1));
  }

  private ModelChoice wrong(String what, Path model) throws IOException {
    Path file = temp.resolve("wrong.safetensors");
    return switch (what) {
      case "gguf cut in its table" -> {
        byte[] whole = gguf(model);
        yield choice(gguf(Arrays.copyOf(whole, 200)));
      }
      case "gguf cut in its weights" -> {
        byte[] whole = gguf(model);
        yield choice(gguf(Arrays.copyOf(whole, whole.length - 400)));
      }
      case "gguf of a lying offset" -> {
        byte[] whole = gguf(model);
        // The first tensor's: behind its name, its axes and its type.
        int at = new String(whole, StandardCharsets.ISO_8859_1).indexOf("blocks.0.");
        ByteBuffer bytes = ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN);
        int name = (int) bytes.getLong(at - Long.BYTES);
        int axes = bytes.getInt(at + name);
        bytes.putLong(at + name + Integer.BYTES + axes * Long.BYTES + Integer.BYTES, 1L << 40);
        yield choice(gguf(whole));
      }
      case "safetensors of a lying offset" -> {
        byte[] whole = Files.readAllBytes(model);
        String text = new String(whole, StandardCharsets.ISO_8859_1);
        int at = text.indexOf("data_offsets\":[") + 15;
        whole[at] = (byte) '9';
        Files.write(model, whole);
        yield choice(model);
      }
      case "vae of another family" -> {
        Scopes.run(() -> {
          Map<String, Tensor> weights = new LinkedHashMap<>();
          ParameterStore store =
              ParameterStore.forTraining(Map.of(), new RandomStreams(1), Precision.F32);
          assertThat(OTHER.build(store.root()).grid().channels()).isEqualTo(48);
          store.parameters().forEach((name, p) -> weights.put(name, p.detach()));
          Safetensors.write(file, weights, Map.of());
        });
        yield choice(model).withVae(Optional.of(file));
      }
      case "tiny vae of other latents" -> {
        tiny(
            new TinyConfig(48, 2, 8, List.of(2, 2, 1), List.of(8, 8, 8, 8), List.of(1, 2, 2)),
            file);
        yield choice(model).withVae(Optional.of(file));
      }
      case "tiny vae of pictures" -> {
        tiny(
            new TinyPicturesConfig(
                Z, Optional.empty(), new TinyPicturesConfig.Half(8, List.of(1, 1, 1, 1))),
            file);
        yield choice(model).withVae(Optional.of(file));
      }
      case "text encoder of another width" -> {
        Path text = temp.resolve("comfy/text_encoders/umt5_xxl_fp16.safetensors");
        wider(text, file);
        yield choice(model).withText(Optional.of(file));
      }
      case "lora of another size" -> {
        Scopes.run(() ->
            Safetensors.write(
                file,
                Map.of(
                    "blocks.0.self_attn.q.lora_A.weight", Tensors.full(1, 1, 24),
                    "blocks.0.self_attn.q.lora_B.weight", Tensors.full(1, 24, 1)),
                Map.of()));
        yield choice(model).withLoras(List.of(new LoraChoice(file, 1)));
      }
      default -> throw new IllegalArgumentException(what);
    };
  }

  /** Twice as wide: every axis of the model's width is. */
  private static void wider(Path text, Path to) {
    Scopes.run(() -> {
      try (WeightSet set = WeightSet.open(text)) {
        Map<String, Tensor> all = new LinkedHashMap<>();
        long width = Tensors.shape(Objects.requireNonNull(set.tensors().get("norm.weight")))[0];
        set.tensors()
            .forEach((name, tensor) -> {
              long[] shape = Tensors.shape(tensor);
              for (int i = 0; i < shape.length; i++) {
                shape[i] = shape[i] == width ? 2 * width : shape[i];
              }
              all.put(name, Tensors.zeros(shape));
            });
        Safetensors.write(to, all, Map.of());
      }
    });
  }

  /** The weights of a file as GGUF of plain numbers. */
  private static byte[] gguf(Path plain) {
    GgufBytes out = new GgufBytes().key("general.architecture", "wan");
    Scopes.run(() -> {
      try (WeightSet set = WeightSet.open(plain)) {
        set.tensors()
            .forEach((name, tensor) ->
                out.tensor(
                    name,
                    GgufBytes.F32,
                    Tensors.toBytes(tensor.to(ScalarType.Float)),
                    Tensors.shape(tensor)));
      }
    });
    return out.bytes();
  }

  private Path gguf(byte[] bytes) throws IOException {
    Path file = temp.resolve("comfy/diffusion_models/wan-F32.gguf");
    Files.write(file, bytes);
    return file;
  }

  @Test
  void channelsThatAreNotKnownAreRefused() {
    write(folder.resolve("transformer"), Z + 5, "a");
    Path model = files("", "wan_fun_control.safetensors");
    assertThatThrownBy(() -> VideoModel.load(choice(model)))
        .hasMessageContaining("is shown 5 channels beside 16")
        .hasMessageContaining("20 of them, for frames that are given");
  }
}
