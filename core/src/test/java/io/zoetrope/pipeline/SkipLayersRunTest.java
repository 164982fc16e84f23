package io.zoetrope.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.diffusion.guidance.SkipLayers;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.TinyStableDiffusion;
import io.zoetrope.pipeline.family.TinyWan;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SkipLayersRunTest {
  private static byte[] made(Engine engine, double guidance) {
    VideoRequest request =
        new VideoRequest("a red ball", "blurred", 0, 64, 48, 9, 16, 5, guidance, "unipc");
    return Scopes.value(
        () -> Tensors.toBytes(new TextToVideo(engine).latents(List.of(request), Progress.NONE)));
  }

  @Test
  void wanLeavesBlocksOut(@TempDir Path folder) {
    Path directory = TinyWan.directory(folder, "t2v");
    try (VideoModel model = VideoModel.load(ModelChoice.of(directory, "f32"))) {
      Engine engine = new Engine(model);
      byte[] plain = made(engine, 5);
      byte[] skipped = made(engine.withSkipLayers(SkipLayers.of(1)), 5);
      assertThat(skipped).isNotEqualTo(plain);
      assertThat(made(engine.withSkipLayers(SkipLayers.of(0)), 5)).isNotEqualTo(skipped);
      assertThat(
              made(
                  engine.withSkipLayers(
                      new SkipLayers(
                          List.of(1), Optional.empty(), Optional.of(0.5), Optional.of(3.0))),
                  5))
          .isNotEqualTo(plain)
          .isNotEqualTo(skipped);
      // Where nothing is led away from there is nothing that could.
      assertThat(made(engine.withSkipLayers(SkipLayers.of(1)), 1)).isEqualTo(made(engine, 1));
      assertThatThrownBy(() -> engine.withSkipLayers(SkipLayers.of(1, 9)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("this network has blocks 0 to 1, and no block 9");
    }
  }

  @Test
  void bothExpertsDo(@TempDir Path folder) {
    Path directory = TinyWan.directory(folder, "experts");
    try (VideoModel model = VideoModel.load(ModelChoice.of(directory, "f32"))) {
      Engine engine = new Engine(model);
      SkipLayers all =
          new SkipLayers(List.of(0), Optional.of(0.0), Optional.of(1.0), Optional.empty());
      assertThat(made(engine.withSkipLayers(all), 5)).isNotEqualTo(made(engine, 5));
    }
  }

  @Test
  void aNetworkWithoutBlocksRefuses(@TempDir Path folder) {
    Path directory = TinyStableDiffusion.write(folder.resolve("model"), ScalarType.Float);
    try (VideoModel model = VideoModel.load(ModelChoice.of(directory, "f32"))) {
      assertThatThrownBy(() -> new Engine(model).withSkipLayers(SkipLayers.of(1)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("skip-layer guidance is for transformers of blocks in a row");
    }
  }
}
