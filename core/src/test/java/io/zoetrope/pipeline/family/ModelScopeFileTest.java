package io.zoetrope.pipeline.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.JsonFiles;
import io.zoetrope.checkpoint.WeightSet;
import io.zoetrope.checkpoint.keys.FirstCodeNames;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.error.UserError;
import io.zoetrope.network.TestNetworks;
import io.zoetrope.network.text.clip.ClipTextConfig;
import io.zoetrope.network.text.clip.ClipTextModel;
import io.zoetrope.network.unet.DiffusersConfig;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.nn.Parameters;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.TextToVideo;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Progress;
import io.zoetrope.record.Json;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The same weights in a folder of diffusers and by the names of ModelScope are the same model. */
class ModelScopeFileTest {
  private static final Map<String, Object> UNET =
      Map.of(
          "_class_name",
          "UNet3DConditionModel",
          "block_out_channels",
          List.of(32, 64),
          "down_block_types",
          List.of("CrossAttnDownBlock3D", "DownBlock3D"),
          "up_block_types",
          List.of("UpBlock3D", "CrossAttnUpBlock3D"),
          "layers_per_block",
          1,
          "attention_head_dim",
          16,
          "cross_attention_dim",
          64,
          "sample_size",
          8);

  private static final Map<String, String> RESNET =
      Map.of(
          "norm1", "in_layers.0",
          "conv1", "in_layers.2",
          "time_emb_proj", "emb_layers.1",
          "norm2", "out_layers.0",
          "conv2", "out_layers.3",
          "conv_shortcut", "skip_connection");

  private static final Map<String, Integer> PARTS =
      Map.of("resnets", 0, "temp_convs", 0, "attentions", 1, "temp_attentions", 2);

  private static final Pattern PLACE =
      Pattern.compile("(down|up|mid)_blocks?\\.(?:(\\d)\\.)?(\\w+)\\.(\\d)\\.(.+)");

  @TempDir Path temp;

  private Path folder;

  /** A directory whose U-Net and text encoder have norms and heads as the released ones have. */
  @BeforeEach
  void make() throws IOException {
    folder = TinyModelScope.directory(temp);
    ModelLayout layout = new ModelLayout(folder);
    Map<String, Object> text = new LinkedHashMap<>();
    text.put("architectures", List.of(ClipTextConfig.KIND));
    text.put("vocab_size", vocabulary());
    text.put("hidden_size", 64);
    text.put("intermediate_size", 96);
    text.put("num_hidden_layers", 2);
    text.put("num_attention_heads", 1);
    text.put("max_position_embeddings", 77);
    text.put("hidden_act", "gelu");
    text.put("eos_token_id", 2);
    layout.text().write(text);
    ClipTextConfig words = layout.text().config(ClipTextConfig.class);
    Scopes.run(() -> {
      write(layout.text(), text, p -> new ClipTextModel(words, p));
      write(
          layout.network("unet"), UNET, DiffusersConfig.unet(Json.MAPPER.valueToTree(UNET))::build);
    });
  }

  private int vocabulary() {
    return JsonFiles.read(folder.resolve("tokenizer/vocab.json"), Map.class).size();
  }

  private static void write(Component component, Object config, Consumer<Parameters> build) {
    ParameterStore store =
        ParameterStore.forTraining(Map.of(), new RandomStreams(1), Precision.F32);
    build.accept(store.root());
    Map<String, Tensor> weights = new LinkedHashMap<>();
    store
        .parameters()
        .forEach((name, p) ->
            weights.put(
                name,
                p.detach()
                    .add(TestNetworks.normal(name, Tensors.shape(p)).mul(Tensors.full(0.1)))));
    component.write(config, weights, ScalarType.Float);
  }

  /** What ModelScope's code calls a weight of this U-Net, of one block a resolution. */
  private static String original(String name) {
    String ends =
        name.replaceFirst("^conv_in\\.", "input_blocks.0.0.")
            .replaceFirst("^transformer_in\\.", "input_blocks.0.1.")
            .replaceFirst("^time_embedding.linear_1", "time_embed.0")
            .replaceFirst("^time_embedding.linear_2", "time_embed.2")
            .replaceFirst("^conv_norm_out", "out.0")
            .replaceFirst("^conv_out", "out.2");
    Matcher at = PLACE.matcher(name);
    if (!at.matches()) {
      return ends;
    }
    String kind = at.group(3);
    int index = Integer.parseInt(at.group(4));
    if (at.group(1).equals("mid")) {
      return "middle_block.%s.%s".formatted(part(kind) + 3 * index, inner(kind, at.group(5)));
    }
    int first = 2 * Integer.parseInt(at.group(2)) + (at.group(1).equals("down") ? 1 : 0);
    return switch (kind) {
      case "downsamplers" ->
          "input_blocks.%s.op.%s".formatted(first + 1, at.group(5).replace("conv.", ""));
      case "upsamplers" -> "output_blocks.%s.1.%s".formatted(first + 1, at.group(5));
      default ->
          "%s_blocks.%s.%s.%s"
              .formatted(
                  at.group(1).equals("down") ? "input" : "output",
                  first + index,
                  part(kind),
                  inner(kind, at.group(5)));
    };
  }

  private static int part(String kind) {
    return Objects.requireNonNull(PARTS.get(kind), kind);
  }

  private static String inner(String kind, String rest) {
    int dot = rest.lastIndexOf('.');
    return switch (kind) {
      case "temp_convs" -> "temopral_conv." + rest;
      case "resnets" ->
          Objects.requireNonNull(RESNET.get(rest.substring(0, dot)), rest) + rest.substring(dot);
      default -> rest;
    };
  }

  private Map<String, Tensor> weights(String part) {
    Path file =
        folder.resolve(
            part.equals("text_encoder")
                ? "text_encoder/model.safetensors"
                : part + "/diffusion_pytorch_model.safetensors");
    try (WeightSet set = WeightSet.open(file)) {
      Map<String, Tensor> all = new LinkedHashMap<>();
      set.tensors().forEach((name, tensor) -> all.put(name, tensor.clone()));
      return all;
    }
  }

  /** The U-Net's; projections over time are convolutions there. */
  private Map<String, Tensor> unet(UnaryOperator<String> names) {
    Map<String, Tensor> all = new LinkedHashMap<>();
    weights("unet")
        .forEach((name, tensor) -> {
          boolean convolution =
              name.matches("(.*temp_attentions.*|transformer_in)\\.proj_(in|out)\\.weight");
          all.put(names.apply(original(name)), convolution ? tensor.unsqueeze(2) : tensor);
        });
    return all;
  }

  /** The text encoder's by OpenCLIP's names, with one block more. */
  private Map<String, Tensor> words(String prefix) {
    Map<String, Tensor> own = weights("text_encoder");
    Map<String, Tensor> all = new LinkedHashMap<>();
    for (int i = 0; i < 3; i++) {
      String ours = "text_model.encoder.layers." + Math.min(i, 1) + ".";
      String theirs = prefix + "transformer.resblocks." + i + ".";
      for (String of : List.of("weight", "bias")) {
        all.put(
            theirs + "attn.in_proj_" + of,
            Tensors.cat(
                List.of("q", "k", "v").stream()
                    .map(x -> at(own, ours + "self_attn.%s_proj.%s".formatted(x, of)))
                    .toList(),
                0));
        all.put(theirs + "attn.out_proj." + of, at(own, ours + "self_attn.out_proj." + of).clone());
        all.put(theirs + "mlp.c_fc." + of, at(own, ours + "mlp.fc1." + of).clone());
        all.put(theirs + "mlp.c_proj." + of, at(own, ours + "mlp.fc2." + of).clone());
        all.put(theirs + "ln_1." + of, at(own, ours + "layer_norm1." + of).clone());
        all.put(theirs + "ln_2." + of, at(own, ours + "layer_norm2." + of).clone());
      }
    }
    String model = "text_model.";
    all.put(
        prefix + "token_embedding.weight", at(own, model + "embeddings.token_embedding.weight"));
    all.put(
        prefix + "positional_embedding", at(own, model + "embeddings.position_embedding.weight"));
    all.put(prefix + "ln_final.weight", at(own, model + "final_layer_norm.weight"));
    all.put(prefix + "ln_final.bias", at(own, model + "final_layer_norm.bias"));
    all.put(prefix + "text_projection", Tensors.zeros(64, 64));
    all.put(prefix + "logit_scale", Tensors.zeros(1));
    return all;
  }

  private static Tensor at(Map<String, Tensor> weights, String name) {
    return Objects.requireNonNull(weights.get(name), name);
  }

  /** The autoencoder's by the names of the first code. */
  private Map<String, Tensor> autoencoder() {
    Map<String, String> keys = TinyStableDiffusion.keys();
    Map<String, Tensor> all = new LinkedHashMap<>();
    weights("vae")
        .forEach((name, tensor) -> {
          boolean convolution = name.contains("0.to_") && tensor.dim() == 2;
          all.put(
              Objects.requireNonNull(keys.get("vae " + name), name),
              convolution ? tensor.unsqueeze(2).unsqueeze(3) : tensor);
        });
    return all;
  }

  private static Path write(Path file, Map<String, Tensor> tensors) {
    try {
      Files.createDirectories(Objects.requireNonNull(file.getParent()));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    Safetensors.write(file, tensors, Map.of());
    return file;
  }

  /** The three files as ModelScope's folder has them. */
  private Path files(UnaryOperator<String> names) {
    Scopes.run(() -> {
      write(temp.resolve("t2v/text2video_pytorch_model.safetensors"), unet(names));
      write(temp.resolve("t2v/VQGAN_autoencoder.safetensors"), autoencoder());
      write(temp.resolve("t2v/open_clip_pytorch_model.safetensors"), words(""));
    });
    return temp.resolve("t2v/text2video_pytorch_model.safetensors");
  }

  private ModelChoice choice(Path model) {
    return ModelChoice.of(model, "f32").withTokenizer(Optional.of(folder.resolve("tokenizer")));
  }

  /** Files of the sizes in the directory. */
  private Families small() {
    return Families.ALL.with(new ModelScopeFile(Optional.of(new ModelLayout(folder))));
  }

  private float[] made(ModelChoice choice) {
    try (VideoModel model = VideoModel.load(choice, small())) {
      assertThat(model.reports())
          .allMatch(report -> report.unexpected().isEmpty() && report.missing().isEmpty());
      VideoRequest request = new VideoRequest("a cat", "a dog", 3, 48, 64, 3, 8, 2, 9, "ddim");
      return Scopes.value(() -> {
        Engine engine = new Engine(model);
        return Tensors.toFloats(
            engine.pixels(new TextToVideo(engine).latents(List.of(request), Progress.NONE)));
      });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "model.diffusion_model.", "unet.", "module."})
  void sameWeightsSameVideo(String prefix) {
    assertThat(made(choice(files(prefix::concat)))).isEqualTo(made(choice(folder)));
  }

  /** VGen's later files spell it right, and count the halving as a part of its block. */
  @Test
  void laterNamesAreReadToo() {
    Path file =
        files(name -> name.replace("temopral_conv", "temporal_conv").replace("2.op.", "2.0.op."));
    assertThat(made(choice(file))).isEqualTo(made(choice(folder)));
  }

  @Test
  void aWholeFileNeedsNothingBeside() {
    Path file = temp.resolve("alone/modelscope.safetensors");
    Scopes.run(() -> {
      Map<String, Tensor> all = new LinkedHashMap<>(unet("model.diffusion_model."::concat));
      all.putAll(autoencoder());
      all.putAll(words("cond_stage_model.model."));
      write(file, all);
    });
    assertThat(made(choice(file))).isEqualTo(made(choice(folder)));
  }

  /** The text encoder of a folder of Stable Diffusion 2.1, and any autoencoder of its kind. */
  @Test
  void otherPartsMayBeNamed() throws IOException {
    Path file = files(UnaryOperator.identity());
    Files.delete(temp.resolve("t2v/VQGAN_autoencoder.safetensors"));
    Files.delete(temp.resolve("t2v/open_clip_pytorch_model.safetensors"));
    assertThatThrownBy(() -> made(choice(file)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("has no text encoder beside it")
        .hasMessageContaining("the text encoder");
    ModelChoice read =
        choice(file).withText(Optional.of(folder.resolve("text_encoder/model.safetensors")));
    assertThatThrownBy(() -> made(read)).hasMessageContaining("has no autoencoder beside it");
    assertThat(made(read.withVae(Optional.of(folder.resolve("vae")))))
        .isEqualTo(made(choice(folder)));
    assertThatThrownBy(() -> made(choice(file).withText(Optional.of(file))))
        .hasMessageContaining("is no text encoder of OpenCLIP");
  }

  /** The published network: names and shapes of all its weights. */
  @Test
  void everyNameOfThePublishedNetworkIsKnown() throws IOException {
    Map<String, String> shapes = new LinkedHashMap<>();
    Map<String, String> names = new LinkedHashMap<>();
    for (String line : table()) {
      List<String> word = List.of(line.split(" ", -1));
      shapes.put(word.get(0), word.get(2));
      names.put(word.get(1), word.get(0));
    }
    assertThat(names).hasSize(1480);
    var keys = io.zoetrope.checkpoint.keys.ModelScopeKeys.of(names.keySet()).orElseThrow();
    names.forEach((theirs, ours) -> assertThat(keys.name(theirs)).as(theirs).contains(ours));
    // LoRAs name layers so.
    Map<String, String> layers = new TreeMap<>();
    names.forEach((theirs, ours) -> layers.put(layer(theirs), layer(ours)));
    assertThat(FirstCodeNames.of(layers.values())).containsExactlyInAnyOrderEntriesOf(layers);
    ParameterStore store = ParameterStore.blueprint();
    var json = Json.MAPPER.readTree("{\"_class_name\": \"UNet3DConditionModel\"}");
    DiffusersConfig.unet(json).build(store.root());
    Map<String, String> built = new LinkedHashMap<>();
    Map<String, long[]> sides = new LinkedHashMap<>();
    store
        .parameters()
        .forEach((name, p) -> {
          sides.put(name, Tensors.shape(p));
          built.put(
              name,
              String.join(
                  "x",
                  java.util.Arrays.stream(Tensors.shape(p)).mapToObj(Long::toString).toList()));
        });
    assertThat(built).containsExactlyInAnyOrderEntriesOf(shapes);
    assertThat(DiffusersConfig.modelScope(sides)).isEqualTo(DiffusersConfig.unet(json));
  }

  private static String layer(String weight) {
    return weight.substring(0, weight.lastIndexOf('.'));
  }

  private static List<String> table() throws IOException {
    try (InputStream in =
            new GZIPInputStream(
                Files.newInputStream(
                    TinyStableDiffusion.resource("reference/unet3d/names.txt.gz")));
        ByteArrayOutputStream out = new ByteArrayOutputStream()) {
      in.transferTo(out);
      return out.toString(StandardCharsets.UTF_8).lines().toList();
    }
  }

  @Test
  void pyTorchsOwnFilesAreRefusedWithTheWayToConvert() throws IOException {
    Path pickle = temp.resolve("text2video_pytorch_model.pth");
    Files.write(pickle, new byte[] {'P', 'K', 3, 4, 0, 0, 0, 0});
    assertThatThrownBy(() -> made(choice(pickle)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("safetensors")
        .message()
        .hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource({
    "input_blocks.0.1.transformer_blocks.0.norm1.weight, fps_embedding.0.weight, fps_embedding",
    "input_blocks.0.1.transformer_blocks.0.norm1.weight, local_image_concat.0.weight, I2VGen-XL",
    "conv_in.weight, image_latents_proj_in.0.weight, I2VGen-XL",
    "init_attn.0.norm.weight, input_blocks.1.0.temopral_conv.conv1.0.bias, is VideoCrafter",
    "model.diffusion_model.init_attn.0.norm.weight, image_proj_model.latents, DynamiCrafter"
  })
  void otherModelsOfThatCodeAreCalledByName(String one, String other, String named) {
    Path file = temp.resolve("other.safetensors");
    Scopes.run(() -> write(file, Map.of(one, Tensors.zeros(1), other, Tensors.zeros(1))));
    assertThatThrownBy(() -> made(choice(file)))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(named)
        .message()
        .hasLineCount(1);
  }

  @Test
  void pipelinesThatAreKnownAndNotRunAreCalledByName() throws IOException {
    Path index = folder.resolve("model_index.json");
    Files.writeString(
        index, Files.readString(index).replace("TextToVideoSDPipeline", "I2VGenXLPipeline"));
    String said =
        " is I2VGen-XL, which this version does not run: its U-Net is shown a picture by layers";
    assertThatThrownBy(() -> made(choice(folder))).hasMessageStartingWith(folder + said);
    assertThatThrownBy(() -> Families.ALL.requireRuns("acme/it", "I2VGenXLPipeline"))
        .hasMessageStartingWith("acme/it" + said);
  }
}
