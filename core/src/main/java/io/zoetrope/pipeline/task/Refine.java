package io.zoetrope.pipeline.task;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Upscale, then video to video at the larger size, which is the request's: so text to video at a
 * low size, then this, is the way of base and refiner. F is the source's.
 *
 * @param source the small video
 * @param strength in (0, 1]: how much is made again
 * @param overlap as in {@link Restyle}
 */
public record Refine(Refine.Source source, double strength, int overlap) implements VideoTask {
  /** What is upscaled, and where. */
  public sealed interface Source permits Pixels, Latents {}

  /** Pixels [B or 1, 3, F, H, W] in [-1, 1], upscaled as a picture and then encoded. */
  public record Pixels(Tensor x_B3FHW) implements Source {}

  /** Latents [B or 1, C, F, h, w], upscaled as they are. */
  public record Latents(Tensor z_BCFHW) implements Source {}

  @Override
  public Tensor latents(Engine engine, List<VideoRequest> requests, Progress progress) {
    VideoRequest first = requests.getFirst();
    return Scopes.tensor(() -> {
      Tensor large =
          switch (source) {
            case Pixels p -> {
              checkSize(p.x_B3FHW, first.width(), first.height());
              yield engine.encode(Upscale.to(p.x_B3FHW, first.height(), first.width()), progress);
            }
            case Latents l -> {
              int factor = engine.model().grid().space();
              checkSize(l.z_BCFHW, first.width() / factor, first.height() / factor);
              yield Upscale.to(l.z_BCFHW, first.height() / factor, first.width() / factor);
            }
          };
      return new Restyle(large, strength, overlap).latents(engine, requests, progress);
    });
  }

  private static void checkSize(Tensor x_BCFHW, int width, int height) {
    if (x_BCFHW.size(4) > width || x_BCFHW.size(3) > height) {
      throw new UserError(
          Fault.INVALID,
          "refining makes a video larger",
          "ask for at least the size of the source");
    }
  }
}
