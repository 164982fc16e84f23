package io.zoetrope.pipeline.family;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.Parity;
import io.zoetrope.checkpoint.JsonFiles;
import io.zoetrope.checkpoint.keys.StableVideoNames;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.network.unet.DiffusersConfig;
import io.zoetrope.network.vae.KlConfig;
import io.zoetrope.network.vae.KlTemporalConfig;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.nn.Parameters;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.ShownPicture;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.task.FromPicture;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A model of Stable Video Diffusion in one file is that of its directory. */
class StableVideoFileTest {
  private static final String UNET =
      """
      {"_class_name": "UNetSpatioTemporalConditionModel", "addition_time_embed_dim": 4,
       "block_out_channels": [4, 4, 4, 8], "cross_attention_dim": 12, "norm_num_groups": 4,
       "num_attention_heads": [1, 2, 1, 2], "num_frames": 3,
       "projection_class_embeddings_input_dim": 12}
      """;

  /** Weights of a fixture, or drawn where there is none. */
  private static Map<String, Tensor> drawn(Consumer<Parameters> build) {
    ParameterStore store =
        ParameterStore.forTraining(Map.of(), new RandomStreams(11), Precision.F32);
    build.accept(store.root());
    Map<String, Tensor> all = new LinkedHashMap<>();
    RandomStreams random = new RandomStreams(12);
    // None is left at zero or one: what is exchanged would not be seen.
    store
        .parameters()
        .forEach((name, tensor) ->
            all.put(name, Ops.mul(random.stream(name).normal(Tensors.shape(tensor)), 0.2)));
    return all;
  }

  private static Map<String, Tensor> original(Map<String, Tensor> eye) {
    Map<String, Tensor> all = new LinkedHashMap<>();
    StableVideoNames.openClip(eye)
        .forEach((name, tensor) ->
            all.put("conditioner.embedders.0.open_clip.model.visual." + name, tensor));
    return all;
  }

  @Test
  void itIsTheSameToTheBit(@TempDir Path temp) throws Exception {
    Path directory = TinyStableVideo.directory(temp);
    Files.writeString(directory.resolve("unet/config.json"), UNET);
    try (Parity parity = Parity.of("temporal_decoder/svd");
        SafetensorsFile eye =
            Safetensors.open(directory.resolve("image_encoder/model.safetensors"))) {
      Scopes.run(() -> {
        KlTemporalConfig vae =
            new KlTemporalConfig(
                new KlConfig(List.of(4, 4, 8, 8), 2, 4, 4, 32, 0.18215, 0, true, false, true));
        JsonFiles.write(directory.resolve("vae/config.json"), vae);
        Map<String, Tensor> unet =
            drawn(p ->
                DiffusersConfig.unet(
                        JsonFiles.read(directory.resolve("unet/config.json"), JsonNode.class))
                    .build(p));
        Map<String, Tensor> coder = drawn(vae::build);
        Map<String, Tensor> whole = new LinkedHashMap<>(original(eye.tensors()));
        Map<String, String> names = StableVideoNames.network();
        unet.forEach((name, tensor) ->
            whole.put("model.diffusion_model." + Objects.requireNonNull(names.get(name)), tensor));
        JsonNode vaeNames = JsonFiles.read(parity.folder().resolve("names.json"), JsonNode.class);
        coder.forEach((name, tensor) -> {
          String key = vaeNames.path(name).asString("");
          boolean flat = name.contains(".attentions.0.to_") && tensor.dim() == 2;
          whole.put(
              key.startsWith("first_stage_model.") ? key : "first_stage_model." + key,
              flat ? tensor.unsqueeze(-1).unsqueeze(-1) : tensor);
        });
        Safetensors.write(
            directory.resolve("unet/diffusion_pytorch_model.safetensors"), unet, Map.of());
        Safetensors.write(
            directory.resolve("vae/diffusion_pytorch_model.safetensors"), coder, Map.of());
        Path file = temp.resolve("tiny_xt.safetensors");
        Safetensors.write(file, whole, Map.of());
        Families families =
            Families.of(
                List.of(
                    new StableVideo(),
                    new StableVideoFile(Optional.of(new ModelLayout(directory)))));
        float[] one = made(VideoModel.load(ModelChoice.of(directory, "f32"), families), 3);
        float[] other = made(VideoModel.load(ModelChoice.of(file, "f32"), families), 25);
        assertThat(other).isEqualTo(one);
      });
    }
  }

  private static float[] made(VideoModel loaded, int frames) {
    try (VideoModel model = loaded) {
      assertThat(model.defaults().frames()).isEqualTo(frames);
      VideoRequest request = new VideoRequest("", "", 3, 16, 16, 3, 7, 2, 3, "euler-karras");
      Tensor picture = new RandomStreams(5).stream("picture").normal(3, 16, 16);
      Engine engine = new Engine(model);
      Tensor z =
          new FromPicture(ShownPicture.of(picture, 0.02, 3))
              .latents(engine, List.of(request), Progress.NONE);
      return Tensors.toFloats(engine.pixels(z));
    }
  }
}
