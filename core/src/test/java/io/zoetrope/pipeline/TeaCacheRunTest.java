package io.zoetrope.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.checkpoint.JsonFiles;
import io.zoetrope.diffusion.guidance.ContextWindows;
import io.zoetrope.error.UserError;
import io.zoetrope.network.wan.WanConfig;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.TinyStableDiffusion;
import io.zoetrope.pipeline.family.TinyWan;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TeaCacheRunTest {
  private final List<String> said = new ArrayList<>();

  private final Progress noting =
      new Progress() {
        @Override
        public void update(Report report) {}

        @Override
        public void note(String line) {
          said.add(line);
        }
      };

  private byte[] made(Engine engine, int frames) {
    said.clear();
    VideoRequest request =
        new VideoRequest("a red ball", "blurred", 0, 64, 48, frames, 16, 10, 5, "unipc");
    return Scopes.value(
        () -> Tensors.toBytes(new TextToVideo(engine).latents(List.of(request), noting)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"t2v", "experts"})
  void wanLeavesStepsOut(String name, @TempDir Path folder) {
    Path directory = TinyWan.directory(folder, name);
    try (VideoModel model = VideoModel.load(ModelChoice.of(directory, "f32"))) {
      Engine engine = new Engine(model);
      byte[] plain = made(engine, 9);
      assertThat(made(engine.withTeaCache(0), 9)).isEqualTo(plain);
      assertThat(said.getLast()).contains("changed nothing");
      assertThat(made(engine.withTeaCache(3), 9)).isNotEqualTo(plain);
      assertThat(said.getLast())
          .matches(
              "TeaCache \\(no coefficients are known .*: the network was not asked in [1-9] of"
                  + " 10 steps");
    }
  }

  @Test
  void ourOwnAndInWindows(@TempDir Path folder) {
    try (VideoModel model =
        VideoModel.load(ModelChoice.of(TinyModel.write(folder.resolve("model")), "f32"))) {
      Engine engine = new Engine(model).withContext(new ContextWindows.Shape(4, 2));
      VideoRequest request = TinyModel.request(1, 8, 10, "flow-euler");
      Scopes.run(() -> {
        Tensor plain = new TextToVideo(engine).latents(List.of(request), noting);
        Tensor none = new TextToVideo(engine.withTeaCache(0)).latents(List.of(request), noting);
        assertThat(Tensors.toBytes(none)).isEqualTo(Tensors.toBytes(plain));
        Tensor some = new TextToVideo(engine.withTeaCache(3)).latents(List.of(request), noting);
        assertThat(Tensors.toBytes(some)).isNotEqualTo(Tensors.toBytes(plain));
        assertThat(said.getLast()).contains("was not asked in ");
      });
    }
  }

  @Test
  void aNetworkWithoutBlocksRefuses(@TempDir Path folder) {
    Path directory = TinyStableDiffusion.write(folder.resolve("model"), ScalarType.Float);
    try (VideoModel model = VideoModel.load(ModelChoice.of(directory, "f32"))) {
      assertThatThrownBy(() -> new Engine(model).withTeaCache(0.1))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("TeaCache goes by the modulated input");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "12, 30, 16, '', 399360, -52186.2437",
    "40, 40, 16, '', 399360, -303318.725",
    "40, 40, 36, 1280, 399360, 257151.496",
    "40, 40, 36, 1280, 921600, 8107.0546",
    "40, 40, 36, '', 921600, ''",
    "24, 30, 48, '', 901120, ''",
  })
  void coefficientsAreThoseOfTheShape(
      int heads,
      int layers,
      int channels,
      String pictures,
      long pixels,
      String first,
      @TempDir Path folder)
      throws IOException {
    String more =
        pictures.isEmpty() ? "" : ", \"image_dim\": 1280, \"added_kv_proj_dim\": " + heads * 128;
    Path file =
        Files.writeString(
            folder.resolve("config.json"),
            """
            {"_class_name": "WanTransformer3DModel", "num_attention_heads": %s, "num_layers": %s,
             "attention_head_dim": 128, "in_channels": %s, "out_channels": %s%s}
            """
                .formatted(heads, layers, channels, channels == 36 ? 16 : channels, more));
    List<Double> polynomial = JsonFiles.read(file, WanConfig.class).changePolynomial(pixels);
    if (first.isEmpty()) {
      assertThat(polynomial).isEmpty();
    } else {
      assertThat(polynomial).hasSize(5).startsWith(Double.valueOf(first));
    }
  }
}
