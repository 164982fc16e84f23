package io.zoetrope.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.diffusion.guidance.ContextWindows;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.TinyWan;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BranchesApartTest {
  private static Tensor made(Engine engine, VideoRequest... requests) {
    return new TextToVideo(engine).latents(List.of(requests), Progress.NONE);
  }

  private static void requireNear(Tensor made, Tensor other) {
    double largest = other.abs().max().item_double();
    assertThat(made.sub(other).abs().max().item_double() / largest).isLessThan(1e-4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"t2v", "experts"})
  void wanMakesTheSameVideo(String name, @TempDir Path folder) {
    Path directory = TinyWan.directory(folder, name);
    try (VideoModel model = VideoModel.load(ModelChoice.of(directory, "f32"))) {
      VideoRequest request =
          new VideoRequest("a red ball", "blurred", 0, 64, 48, 9, 16, 4, 5, "unipc");
      Engine engine = new Engine(model);
      Scopes.run(() -> {
        Tensor together = made(engine, request);
        requireNear(made(engine.withBranchesApart(), request), together);
      });
    }
  }

  @Test
  void ourOwnTooInWindowsAndInBatches(@TempDir Path folder) {
    try (VideoModel model =
        VideoModel.load(ModelChoice.of(TinyModel.write(folder.resolve("model")), "f32"))) {
      Engine engine = new Engine(model).withContext(new ContextWindows.Shape(4, 2));
      VideoRequest one = TinyModel.request(1, 8, 6, "flow-euler");
      VideoRequest other = TinyModel.request(2, 8, 6, "flow-euler");
      Scopes.run(() -> {
        Tensor together = made(engine, one, other);
        requireNear(made(engine.withBranchesApart(), one, other), together);
        // Where guidance is off there is one branch.
        Tensor unguided = made(engine, one.withGuidance(1));
        assertThat(made(engine.withBranchesApart(), one.withGuidance(1)).equal(unguided)).isTrue();
      });
    }
  }
}
