package io.zoetrope.pipeline.family;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.JsonFiles;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.network.text.clip.ClipTextConfig;
import io.zoetrope.network.text.clip.ClipTextModel;
import io.zoetrope.network.unet.DiffusersConfig;
import io.zoetrope.network.unet.Inflation;
import io.zoetrope.network.unet.UNetConfig;
import io.zoetrope.network.vae.KlConfig;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import tools.jackson.databind.json.JsonMapper;

/**
 * Model directories of random weights in the layout that Stable Diffusion 1.x has on disk, with its
 * blocks and few channels; and the same weights in one file.
 */
public final class TinyStableDiffusion {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Map<String, Object> UNET = new LinkedHashMap<>();

  static {
    UNET.put("_class_name", DiffusersConfig.IMAGE);
    UNET.put("block_out_channels", List.of(8, 8, 16, 16));
    UNET.put("attention_head_dim", 2);
    UNET.put("cross_attention_dim", 16);
    UNET.put("norm_num_groups", 4);
    UNET.put("sample_size", 8);
  }

  private static final KlConfig VAE =
      new KlConfig(List.of(8, 8, 16, 16), 2, 4, 4, 64, 0.18215, 0, true, true, true);

  private TinyStableDiffusion() {}

  /** The directory; its tokenizer is a small one of the same make. */
  public static Path write(Path directory, ScalarType dtype) {
    String tokens = "reference/clip_tokenizer";
    Path tokenizer = resource(tokens);
    int vocabulary = JsonFiles.read(tokenizer.resolve("vocab.json"), Map.class).size();
    Map<String, Object> text = new LinkedHashMap<>();
    text.put("architectures", List.of(ClipTextConfig.KIND));
    text.put("vocab_size", vocabulary);
    text.put("hidden_size", 16);
    text.put("intermediate_size", 32);
    text.put("num_hidden_layers", 2);
    text.put("num_attention_heads", 2);
    text.put("max_position_embeddings", 77);
    text.put("eos_token_id", 2);
    ModelLayout layout = new ModelLayout(directory);
    layout.text().write(text);
    ClipTextConfig words = layout.text().config(ClipTextConfig.class);
    layout
        .network("unet")
        .write(UNET, weights("unet", DiffusersConfig.unet(JSON.valueToTree(UNET))::build), dtype);
    layout.autoencoder().write(VAE, weights("vae", VAE::build), dtype);
    layout.text().write(text, weights("text", p -> new ClipTextModel(words, p)), dtype);
    ModelLayout bundled = new ModelLayout(BundledFolder.path("stable-diffusion-1"));
    copy(
        Objects.requireNonNull(bundled.scheduler().getParent()),
        Objects.requireNonNull(layout.scheduler().getParent()));
    copy(tokenizer, layout.tokenizerFolder());
    copy(bundled.index(), layout.index());
    return directory;
  }

  /** Makes the directory one of AnimateDiff: motion modules beside its image network. */
  public static void addMotion(Path directory) throws IOException {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("_class_name", "MotionAdapter");
    config.put("block_out_channels", UNET.get("block_out_channels"));
    config.put("motion_layers_per_block", 2);
    config.put("motion_norm_num_groups", 4);
    config.put("motion_num_attention_heads", 2);
    config.put("use_motion_mid_block", false);
    Component adapter = Component.diffusion(directory.resolve(ModelLayout.ADAPTER));
    adapter.write(config);
    UNetConfig image = DiffusersConfig.unet(JSON.valueToTree(UNET));
    UNetConfig video =
        image.inflated(Inflation.motion(DiffusersConfig.adapter(JSON.valueToTree(config), image)));
    Map<String, Tensor> weights = new LinkedHashMap<>(weights("motion", video::build));
    weights.keySet().removeIf(name -> !name.contains("motion_modules."));
    adapter.write(config, weights, ScalarType.Float);
    Path index = directory.resolve("model_index.json");
    Files.writeString(
        index,
        Files.readString(index)
            .replace(StableDiffusion.KIND, AnimateDiff.KIND)
            .replaceFirst(
                "\"scheduler\"",
                "\"motion_adapter\": [\"diffusers\", \"MotionAdapter\"], \"scheduler\""));
  }

  /**
   * Makes the directory one that Tune-A-Video's public code saved.
   *
   * @param weights of the U-Net, all of them
   */
  public static void tune(Path directory, Map<String, Tensor> weights) throws IOException {
    Map<String, Object> config = new LinkedHashMap<>(UNET);
    config.put("_class_name", "UNet3DConditionModel");
    config.put("mid_block_type", "UNetMidBlock3DCrossAttn");
    String down = "CrossAttnDownBlock3D";
    String up = "CrossAttnUpBlock3D";
    config.put("down_block_types", List.of(down, down, down, "DownBlock3D"));
    config.put("up_block_types", List.of("UpBlock3D", up, up, up));
    new ModelLayout(directory).network("unet").write(config, weights, ScalarType.Float);
    Path index = directory.resolve("model_index.json");
    Files.writeString(
        index,
        Files.readString(index)
            .replace(StableDiffusion.KIND, TuneAVideo.KIND)
            .replaceFirst(
                "\"unet\"\\s*:\\s*\\[[^]]*\\]",
                "\"unet\": [\"tuneavideo.models.unet\", \"UNet3DConditionModel\"]"));
  }

  /** The weights of a directory in one file, by the names that the reference gives its keys. */
  public static Path singleFile(Path directory, Path file) {
    Map<String, Tensor> all = new LinkedHashMap<>();
    ModelLayout layout = new ModelLayout(directory);
    Map<String, String> keys = keys();
    Scopes.run(() -> {
      try (ModelFiles files = ModelFiles.open(directory)) {
        for (var part : List.of(layout.network("unet"), layout.autoencoder(), layout.text())) {
          String component = String.valueOf(part.folder().getFileName());
          files
              .place(component, part, java.util.Optional.empty(), name -> name)
              .open()
              .tensors()
              .forEach((name, tensor) -> {
                boolean convolution = component.equals("vae") && name.contains("0.to_");
                all.put(
                    Objects.requireNonNull(keys.get(component + " " + name), name),
                    convolution && tensor.dim() == 2 ? tensor.unsqueeze(2).unsqueeze(3) : tensor);
              });
        }
        Safetensors.write(file, all, Map.of("format", "pt"));
      }
    });
    return file;
  }

  /** What the first code calls each weight: {@code "vae decoder.conv_in.weight"}. */
  static Map<String, String> keys() {
    Map<String, String> keys = new LinkedHashMap<>();
    try {
      for (String line : Files.readAllLines(resource("reference/single/keys.txt"))) {
        String[] word = line.split(" ", -1);
        keys.put(word[1] + " " + word[2], word[0]);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return keys;
  }

  private static Map<String, Tensor> weights(String name, Consumer<Parameters> build) {
    ParameterStore store =
        ParameterStore.forTraining(Map.of(), new RandomStreams(5).child(name), Precision.F32);
    build.accept(store.root());
    store
        .parameters()
        .forEach((key, p) ->
            Scopes.run(() -> {
              try (RandomStream random = new RandomStreams(6).stream(key)) {
                Tensor noise = Ops.mul(random.normal(Tensors.shape(p)), 0.1);
                Scopes.noGrad(() -> p.add_(noise));
              }
            }));
    return store.parameters();
  }

  public static Path resource(String name) {
    try {
      return Path.of(
          Objects.requireNonNull(TinyStableDiffusion.class.getResource("/" + name), name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  public static void copy(Path from, Path to) {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, file.equals(from) ? to : target);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
