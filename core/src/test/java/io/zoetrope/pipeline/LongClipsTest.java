package io.zoetrope.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.Parity;
import io.zoetrope.diffusion.guidance.ContextWindows;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.task.Animate;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** Clips longer than motion modules know: those of the fixture know 24 frames. */
class LongClipsTest {
  private static VideoModel model(Parity fixture) {
    Path directory = fixture.folder().resolve("model");
    Optional<Path> motion = Optional.of(directory.resolve("motion_adapter"));
    return VideoModel.load(ModelChoice.of(directory).withMotion(motion).withDtype("f32"));
  }

  private static VideoRequest request(int frames) {
    return new VideoRequest("a photo of a cat", "a dog", 1, 32, 32, frames, 8, 2, 3, "ddim");
  }

  private static byte[] made(Engine engine, int frames) {
    return Scopes.value(() ->
        Tensors.toBytes(new TextToVideo(engine).latents(List.of(request(frames)), Progress.NONE)));
  }

  @Test
  void contextWindowsGoBeyondWhatMotionModulesKnow() {
    try (Parity fixture = Parity.of("animatediff");
        VideoModel model = model(fixture)) {
      Engine plain = new Engine(model);
      Engine context = plain.withContext(new ContextWindows.Shape(8, 2));
      assertThat(made(context, 8)).as("one window").isEqualTo(made(plain, 8));
      assertThat(made(context, 12)).isNotEqualTo(made(plain, 12));
      assertThatThrownBy(() -> made(plain, 30))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("at most 24 frames");
      Scopes.run(() -> {
        Tensor image = fixture.get("start").narrow(2, 0, 1).narrow(3, 0, 4).narrow(4, 0, 4);
        Tensor z = new Animate(image, 0).latents(context, List.of(request(30)), Progress.NONE);
        assertThat(Tensors.shape(z)).containsExactly(1, 4, 30, 4, 4);
        for (float x : Tensors.toFloats(z)) {
          assertThat(x).isFinite();
        }
        assertThat(Tensors.toBytes(z.select(2, 0))).isEqualTo(Tensors.toBytes(image.select(2, 0)));
      });
    }
  }
}
