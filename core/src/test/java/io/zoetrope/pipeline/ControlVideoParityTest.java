package io.zoetrope.pipeline;

import io.zoetrope.Parity;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.diffusion.sampler.X0Edit;
import io.zoetrope.network.unet.SpatialAttention;
import io.zoetrope.pipeline.family.ControlChoice;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.TinyStableDiffusion;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pixels.FrameInterpolator;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/**
 * ControlVideo's sampling against what reference/make_controlvideo.py restates of it: five steps
 * with guidance under a ControlNet, from one noise.
 */
class ControlVideoParityTest {
  private static final Path MODEL = TinyStableDiffusion.resource("reference/animatediff/model");
  private static final int FRAMES = 7;

  /** Of whole runs, in which the autoencoder's rounding goes on into the steps after it. */
  private static final double RUN = 1e-4;

  /** All frames are born of one noise. */
  private record One(Tensor noise_1CHW) implements Noise.Given {
    @Override
    public Optional<Tensor> frame(String use, long draw, int clip, long frame) {
      return Optional.of(noise_1CHW.select(0, 0));
    }
  }

  @Test
  void allFramesTheSmootherAndKeyFrames() {
    try (Parity parity = Parity.of("controlvideo")) {
      ModelChoice choice =
          ModelChoice.of(MODEL, "f32")
              .withAttention(Optional.of(new SpatialAttention.AllFrames()))
              .withControls(List.of(new ControlChoice(parity.folder(), 1)));
      try (VideoModel model = VideoModel.load(choice)) {
        Scopes.run(() -> {
          Tensor hint = parity.get("hint").transpose(0, 1).unsqueeze(0);
          Engine engine =
              new Engine(model)
                  .withHints(new Hints(List.of(new Hints.Hint(hint, Optional.empty()))))
                  .withNoise(noise -> noise.with(new One(parity.get("noise"))));
          Smoother smoother = new Smoother(List.of(0.4, 0.6), FrameInterpolator.MEAN);
          Engine smoothed = engine.withEdit(smoother.over(engine));
          check(parity, "all", engine, Parity.MARK);
          X0Edit edit = smoother.over(engine);
          Tensor x0 = parity.get("x0").transpose(0, 1).unsqueeze(0);
          for (int turn = 0; turn < 2; turn++) {
            Tensor made = edit.edited(x0, 2 + turn, 5).orElseThrow();
            parity.check("x0." + (turn + 1), made.select(0, 0).transpose(0, 1));
          }
          check(parity, "smoothed", smoothed, RUN);
          check(parity, "hierarchical", smoothed.withKeyFrames(), RUN);
        });
      }
    }
  }

  private static void check(Parity parity, String name, Engine engine, double mark) {
    VideoRequest request = new VideoRequest("a cat", "a dog", 1, 32, 32, FRAMES, 8, 5, 3, "ddim");
    Tensor z = new TextToVideo(engine).latents(List.of(request), Progress.NONE);
    parity.check(name, z.select(0, 0).transpose(0, 1), mark);
  }
}
