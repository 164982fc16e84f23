package io.zoetrope.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.network.unet.Inflation;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.TinyStableDiffusion;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.task.TextToVideoZero;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An image model's directory makes videos, the same for the same seed. */
class ZeroModelTest {
  @Test
  void aModelOfPicturesMakesAVideo(@TempDir Path folder) {
    Path model = TinyStableDiffusion.write(folder.resolve("model"), ScalarType.Float);
    ModelChoice choice =
        ModelChoice.of(model).withAttention(Optional.of(Inflation.TEXT2VIDEO_ZERO.attention()));
    try (VideoModel loaded = VideoModel.load(choice.withDtype("f32"))) {
      VideoRequest request = new VideoRequest("a", "", 3, 64, 64, 3, 8, 4, 3, "ddim");
      Scopes.run(() -> {
        Engine engine = new Engine(loaded);
        TextToVideoZero task = TextToVideoZero.usual();
        Tensor once = task.latents(engine, List.of(request), Progress.NONE);
        assertThat(Tensors.shape(once)).containsExactly(1, 4, 3, 8, 8);
        assertThat(once.isfinite().all().item_bool()).isTrue();
        assertThat(once.select(2, 0).equal(once.select(2, 1))).isFalse();
        Tensor again = task.latents(engine, List.of(request), Progress.NONE);
        assertThat(again.equal(once)).isTrue();
      });
    }
  }
}
