package io.zoetrope.pipeline.task;

import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pixels.FrameInterpolator;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Frames between frames as a model of videos makes them: by the plan of {@link Interpolate}, in the
 * words of the request.
 *
 * @param engine of that model
 * @param request of the video whose frames these are: its words, seed and size
 */
public record PlannedFrames(Engine engine, VideoRequest request) implements FrameInterpolator {
  /** Frames of a clip whose middle is half way, and of one for other times. */
  private static final int FEW = 3;

  private static final int MORE = 9;

  @Override
  public Tensor between(Tensor a_N3HW, Tensor b_N3HW, double t) {
    int frames = t == 0.5 ? FEW : MORE;
    int which = Math.clamp(Math.round(t * (frames - 1)), 1, frames - 2);
    VideoRequest own =
        VideoRequest.of(request.prompt(), request.seed(), engine.model().defaults())
            .withNegative(request.negative())
            .withFrames(frames)
            .withSize(request.width(), request.height());
    return Scopes.tensor(() -> {
      List<Tensor> made = new ArrayList<>();
      for (long n = 0; n < a_N3HW.size(0); n++) {
        Tensor first = encoded(a_N3HW.narrow(0, n, 1));
        Tensor last = encoded(b_N3HW.narrow(0, n, 1));
        Tensor z = new Interpolate(first, last).latents(engine, List.of(own), Progress.NONE);
        Tensor x = engine.pixels(z.narrow(2, which, 1)).select(2, 0);
        made.add(Ops.clamp(Ops.mul(Ops.add(x, 1), 0.5), 0, 1));
      }
      return Tensors.cat(made, 0);
    });
  }

  /** [1, 3, H, W] 0..1 -> latents [1, C, 1, h, w]. */
  private Tensor encoded(Tensor x_13HW) {
    return engine.encode(Ops.add(Ops.mul(x_13HW, 2), -1).unsqueeze(2));
  }
}
