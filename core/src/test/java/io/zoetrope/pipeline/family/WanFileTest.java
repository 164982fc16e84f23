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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
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

  @Test
  void channelsThatAreNotKnownAreRefused() {
    write(folder.resolve("transformer"), Z + 5, "a");
    Path model = files("", "wan_fun_control.safetensors");
    assertThatThrownBy(() -> VideoModel.load(choice(model)))
        .hasMessageContaining("is shown 5 channels beside 16")
        .hasMessageContaining("20 of them, for frames that are given");
  }
}
