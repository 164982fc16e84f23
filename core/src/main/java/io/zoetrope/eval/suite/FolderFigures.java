package io.zoetrope.eval.suite;

import io.zoetrope.data.MediaFolder;
import io.zoetrope.data.MediaFolder.Item;
import io.zoetrope.data.toybox.Adherence;
import io.zoetrope.data.toybox.ToyboxPrompts;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.eval.AdherenceRates;
import io.zoetrope.eval.Seams;
import io.zoetrope.eval.Spread;
import io.zoetrope.eval.features.FeatureSet;
import io.zoetrope.eval.features.FrechetDistance;
import io.zoetrope.eval.features.VideoFeatures;
import io.zoetrope.eval.picture.Change;
import io.zoetrope.eval.picture.Flicker;
import io.zoetrope.eval.picture.PixelJerk;
import io.zoetrope.eval.picture.Psnr;
import io.zoetrope.eval.picture.Sharpness;
import io.zoetrope.eval.picture.Ssim;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.ReadOptions;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoReader;
import io.zoetrope.pixels.FlowSpeed;
import io.zoetrope.progress.Phase;
import io.zoetrope.torch.Scopes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.bytedeco.pytorch.Tensor;

/**
 * Videos on disk, by any model and any tool. With a second folder, those are what they should be:
 * the sets are compared by Frechet distance, and videos of one name pixel by pixel.
 *
 * @param videos folder
 * @param reference folder
 * @param seams frames at which clips join, the same in all videos; may be empty
 */
public record FolderFigures(Path videos, Optional<Path> reference, List<Integer> seams) {
  /** Features are of clips of so many frames, end to end; shorter videos are taken whole. */
  private static final int CLIP = 16;

  /** Frames of a video that are read. */
  private static final int MOST_FRAMES = 1024;

  /** Looks at every video. */
  public Report run(Optional<VideoFeatures> extractor, Bench.Watcher watcher) {
    Tally tally = new Tally();
    List<Item> items = MediaFolder.list(videos);
    List<Item> others = reference.map(MediaFolder::list).orElse(List.of());
    Map<String, Item> byName = new HashMap<>();
    others.forEach(item -> byName.put(item.stem(), item));
    int total = items.size() + others.size();
    int done = 0;
    FeatureSet made = new FeatureSet();
    FeatureSet truth = new FeatureSet();
    for (Item item : items) {
      Video video = read(item);
      Scopes.run(() -> {
        Tensor x = FrameTensors.toTensor(video);
        tally.add(video, x, item);
        Optional.ofNullable(byName.get(item.stem()))
            .ifPresent(other -> tally.compare(item, x, FrameTensors.toTensor(read(other))));
        extractor.ifPresent(e -> collect(e, made, x));
      });
      watcher.made(item.stem(), video);
      step(watcher, ++done, total, item);
    }
    for (Item item : others) {
      Scopes.run(
          () -> extractor.ifPresent(e -> collect(e, truth, FrameTensors.toTensor(read(item)))));
      step(watcher, ++done, total, item);
    }
    boolean both = Math.min(made.size(), truth.size()) > 1;
    return tally.report(
        both ? Optional.of(FrechetDistance.between(made, truth, 0)) : Optional.empty());
  }

  private static void step(Bench.Watcher watcher, int done, int total, Item item) {
    watcher.update(Phase.EVALUATE, done, total, item.stem());
    watcher.requireGoing(done, total);
  }

  private static Video read(Item item) {
    return VideoReader.read(item.path(), ReadOptions.ALL.maxFrames(MOST_FRAMES));
  }

  private static void collect(VideoFeatures extractor, FeatureSet set, Tensor x_CFHW) {
    long frames = x_CFHW.size(1);
    for (long from = 0; from == 0 || from + CLIP <= frames; from += CLIP) {
      set.add(extractor, x_CFHW.narrow(1, from, Math.min(CLIP, frames - from)).unsqueeze(0));
    }
  }

  /** What is collected. */
  private final class Tally {
    private final List<Double> flicker = new ArrayList<>();
    private final List<Double> sharpness = new ArrayList<>();
    private final List<Double> step = new ArrayList<>();
    private final List<Double> loop = new ArrayList<>();
    private final List<FlowSpeed> moving = new ArrayList<>();
    private final List<Seams.Contrast> second = new ArrayList<>();
    private final List<Seams.Contrast> third = new ArrayList<>();
    private final List<Double> psnr = new ArrayList<>();
    private final List<Double> ssim = new ArrayList<>();
    private final List<Adherence> looks = new ArrayList<>();

    void add(Video video, Tensor x, Item item) {
      sharpness.add(Sharpness.gradientEnergy(x));
      if (video.frames().size() > 1) {
        flicker.add(Flicker.of(x));
        step.add(Spread.of(Arrays.stream(Change.steps(x)).boxed().toList()).mean());
        loop.add(Change.loopStepRatio(x));
        moving.add(FlowSpeed.of(x, video.fps()));
        second.add(PixelJerk.second(x, seams));
        third.add(PixelJerk.third(x, seams));
        item.caption()
            .flatMap(ToyboxPrompts::parse)
            .ifPresent(prompt -> looks.add(Shots.judge(video, prompt)));
      }
    }

    void compare(Item item, Tensor x, Tensor y) {
      if (x.size(2) != y.size(2) || x.size(3) != y.size(3)) {
        throw new UserError(
            Fault.MISMATCH,
            "%s has %sx%s pixels, the reference of that name %sx%s"
                .formatted(item.path(), x.size(3), x.size(2), y.size(3), y.size(2)),
            "make them agree");
      }
      long frames = Math.min(x.size(1), y.size(1));
      Tensor a = x.narrow(1, 0, frames);
      Tensor b = y.narrow(1, 0, frames);
      psnr.add(Psnr.of(a, b));
      ssim.add(Ssim.of(a, b));
    }

    private Spread of(ToDoubleFunction<FlowSpeed> figure) {
      return Spread.of(moving.stream().mapToDouble(figure).boxed().toList());
    }

    Report report(Optional<FrechetDistance> frechet) {
      Report report =
          new Report()
              .spread("flicker, levels", Spread.of(flicker))
              .spread("step between frames", Spread.of(step))
              .spread("motion, pixels per frame", of(FlowSpeed::pixels))
              .spread("motion, pixels per second", of(FlowSpeed::pace))
              .spread("gradient energy", Spread.of(sharpness))
              .spread("last step over median", Spread.of(loop));
      if (!seams.isEmpty()) {
        report
            .contrast("pixels, 2nd difference", Seams.Contrast.of(second))
            .contrast("pixels, 3rd difference", Seams.Contrast.of(third));
      }
      if (!psnr.isEmpty()) {
        report.spread("PSNR, dB", Spread.of(psnr)).spread("SSIM", Spread.of(ssim));
      }
      if (!looks.isEmpty()) {
        report.adherence(AdherenceRates.of(looks));
      }
      return report.frechet(frechet);
    }
  }
}
