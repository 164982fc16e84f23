package io.zoetrope.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.network.FrameWindows;
import io.zoetrope.network.MotionStrength;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.TinyStableDiffusion;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Segments;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** How much motion modules count: at 1 as trained, without effect the image model. */
class MotionStrengthTest {
  private static final Path MODEL = TinyStableDiffusion.resource("reference/animatediff/model");
  private static final int FRAMES = 4;

  private static ModelChoice choice() {
    return ModelChoice.of(MODEL, "f32");
  }

  private static Conditioning scale(Double... values) {
    return Conditioning.none()
        .with(MotionStrength.SCALE, MotionStrength.entry(List.of(values), 300));
  }

  private static Conditioning effect(Double... values) {
    return Conditioning.none()
        .with(MotionStrength.EFFECT, MotionStrength.entry(List.of(values), 300));
  }

  private static byte[] made(Engine engine) {
    VideoRequest request = new VideoRequest("a cat", "", 1, 32, 32, FRAMES, 8, 2, 3, "ddim");
    return Tensors.toBytes(new TextToVideo(engine).latents(List.of(request), Progress.NONE));
  }

  /** What the network says of some noise. */
  private static byte[] said(VideoModel model, Conditioning told) {
    Tensor z;
    try (RandomStream random = new RandomStreams(3).stream("z")) {
      z = random.normal(1, 4, FRAMES, 4, 4);
    }
    Conditioning all = model.condition(List.of("a cat")).and(told.frames(0, FRAMES));
    return Tensors.toBytes(
        model.network().predict(z, Tensors.full(300, 1, FRAMES), all, Segments.PLAIN));
  }

  @Test
  void withoutEffectTheNetworkIsTheImageNetworkToTheBit() {
    try (VideoModel image = VideoModel.load(choice());
        VideoModel model = VideoModel.load(moving())) {
      Scopes.run(() ->
          Scopes.noGrad(() -> {
            byte[] still = said(image, Conditioning.none());
            assertThat(said(model, effect(0.0))).isEqualTo(still);
            assertThat(said(model, effect(1.0))).isEqualTo(said(model, Conditioning.none()));
            assertThat(said(model, Conditioning.none())).isNotEqualTo(still);
            assertThat(said(model, scale(0.0))).isNotEqualTo(still);
            return still;
          }));
    }
  }

  private static ModelChoice moving() {
    return choice().withMotion(Optional.of(MODEL.resolve("motion_adapter")));
  }

  @Test
  void oneIsAsTrainedAndOtherNumbersAreNot() {
    try (VideoModel model = VideoModel.load(moving())) {
      Scopes.run(() -> {
        Engine engine = new Engine(model);
        byte[] trained = made(engine);
        assertThat(made(engine.withTold(scale(1.0)))).isEqualTo(trained);
        assertThat(made(engine.withTold(effect(1.0).and(scale(1.0))))).isEqualTo(trained);
        assertThat(made(engine.withTold(scale(1.3)))).isNotEqualTo(trained);
        assertThat(made(engine.withTold(scale(1.0, 1.0, 0.5)))).isNotEqualTo(trained);
        FrameWindows windows = new FrameWindows(3, 1, FrameWindows.Weighting.PYRAMID);
        assertThat(made(engine.withWindows(windows).withTold(scale(1.0))))
            .isEqualTo(made(engine.withWindows(windows)));
      });
    }
  }
}
