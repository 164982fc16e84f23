package io.zoetrope.pipeline.cascade;

import io.zoetrope.data.ClipDataset;
import io.zoetrope.data.toybox.Split;
import io.zoetrope.data.toybox.ToyboxDataset;
import io.zoetrope.eval.picture.Psnr;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Video;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.task.Refine;
import io.zoetrope.pipeline.task.Upscale;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Figures of docs/methods/make-a-video.md: super-resolution with the noise of the first frame in
 * all of them against noise of each frame's own. A main, for it takes minutes. Arguments: folder of
 * a refiner, how many clips, strength.
 */
public final class NoiseTrial {
  private static final int SMALL = 128;
  private static final int LARGE = 256;
  private static final int FRAMES = 8;

  private NoiseTrial() {}

  /** What came of a clip: flicker of what stands still, decibels of what moves. */
  private record Figures(double flicker, double decibels) {}

  /** Runs it; a line for each clip, then the means. */
  public static void main(String[] args) {
    int count = Integer.parseInt(args[1]);
    double strength = Double.parseDouble(args[2]);
    ClipDataset large = clips(LARGE);
    ClipDataset small = clips(SMALL);
    double[] sums = new double[6];
    try (VideoModel model = VideoModel.load(ModelChoice.of(Path.of(args[0]), "f32"))) {
      Engine each = new Engine(model);
      Engine one = each.withNoise(CascadeRun::ofTheFirst);
      for (int i = 0; i < count; i++) {
        int clip = i;
        List<Figures> all = new ArrayList<>();
        Scopes.run(() -> {
          Tensor truth = tensor(large.get(clip).video());
          Tensor mask = tensor(large.truth(clip, ClipDataset.Truth.MASK)).gt(new Scalar(-0.9));
          Tensor source = tensor(small.get(clip).video());
          VideoRequest request =
              new VideoRequest(
                  large.get(clip).caption(),
                  "",
                  11 + clip,
                  LARGE,
                  LARGE,
                  FRAMES,
                  8,
                  16,
                  3,
                  "flow-euler");
          for (Engine engine : List.of(each, one)) {
            Tensor z =
                new Refine(new Refine.Pixels(source), strength, 1)
                    .latents(engine, List.of(request), Progress.NONE);
            all.add(figures(engine.pixels(z), truth, mask));
          }
          all.add(figures(Upscale.to(source, LARGE, LARGE), truth, mask));
        });
        for (int k = 0; k < 3; k++) {
          sums[2 * k] += all.get(k).flicker() / count;
          sums[2 * k + 1] += all.get(k).decibels() / count;
        }
        System.out.printf(
            "clip %d: background flicker %.4f of its own noise, %.4f of one; toy %.2f and %.2f dB%n",
            clip,
            all.get(0).flicker(),
            all.get(1).flicker(),
            all.get(0).decibels(),
            all.get(1).decibels());
      }
    }
    System.out.printf(
        "%d clips, strength %.2f: background flicker %.4f own, %.4f one (%.2f times), %.4f enlarged;"
            + " toy %.2f own, %.2f one, %.2f dB enlarged%n",
        count, strength, sums[0], sums[2], sums[2] / sums[0], sums[4], sums[1], sums[3], sums[5]);
  }

  private static ClipDataset clips(int side) {
    return new ToyboxDataset(7, Split.HELD_OUT, side, side, FRAMES, 8);
  }

  private static Tensor tensor(Video video) {
    return FrameTensors.toTensor(video).unsqueeze(0);
  }

  /** Of pixels [1, 3, F, H, W]: change from frame to frame where no toy is, and where one is. */
  private static Figures figures(Tensor x, Tensor truth, Tensor mask) {
    Tensor toy = mask.narrow(1, 0, 1).expand(x.size(0), 3, x.size(2), x.size(3), x.size(4));
    long frames = x.size(2);
    Tensor still =
        toy.narrow(2, 0, frames - 1).logical_or(toy.narrow(2, 1, frames - 1)).logical_not();
    Tensor change = x.narrow(2, 1, frames - 1).sub(x.narrow(2, 0, frames - 1)).abs();
    Tensor ours = x.masked_select(toy);
    return new Figures(
        change.masked_select(still).mean().item_double(),
        Psnr.of(Ops.clamp(ours, -1, 1), truth.masked_select(toy)));
  }
}
