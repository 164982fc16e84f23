package io.zoetrope.eval.suite;

import io.zoetrope.data.toybox.Split;
import io.zoetrope.data.toybox.Traits.Motion;
import io.zoetrope.eval.Seams;
import io.zoetrope.eval.Spread;
import io.zoetrope.eval.features.FeatureSet;
import io.zoetrope.eval.features.FrechetDistance;
import io.zoetrope.eval.features.VideoFeatures;
import io.zoetrope.eval.picture.Change;
import io.zoetrope.eval.picture.Flicker;
import io.zoetrope.eval.picture.PixelJerk;
import io.zoetrope.eval.picture.Psnr;
import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.network.vae.Stretches;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * Rendered clips through the autoencoder and back: what does it lose, what does it add from frame
 * to frame, and does that show where clips are decoded in chunks?
 *
 * @param count clips
 * @param seed that they are drawn by
 * @param batch clips at once
 * @param split that they are of
 * @param noise deviation of noise on latents, whose variance is about 1, as samplers leave it: 0 or
 *     more
 */
public record Reconstruction(int count, long seed, int batch, Split split, double noise) {
  private static final int SIDE = 128;

  private static final int FRAMES = 16;

  private static final double FPS = 8;

  /** Frames of chunks that are tried, where frames have to do with each other. */
  private static final List<Integer> CHUNKS = List.of(4, 8);

  /** Frames that they share. */
  private static final List<Integer> OVERLAPS = List.of(0, 2, 4);

  /** Of pixels in [-1, 1], 8-bit levels. */
  private static final double LEVELS = 127.5;

  /** Second differences of independent noise are so many times its deviation. */
  private static final double NOISE = Math.sqrt(6);

  /** Clips decoded in one way. */
  private static final class Way {
    final String name;
    final Optional<Autoencoder.Stretch> cut;
    final List<Double> psnr = new ArrayList<>();
    final List<Double> flicker = new ArrayList<>();
    final List<Double> tremble = new ArrayList<>();
    final List<Seams.Contrast> seams = new ArrayList<>();
    final List<Double> distance = new ArrayList<>();
    final FeatureSet features = new FeatureSet();

    Way(String name, Optional<Autoencoder.Stretch> cut) {
      this.name = name;
      this.cut = cut;
    }
  }

  /** Looks at every clip. */
  public Report run(
      Autoencoder autoencoder, Optional<VideoFeatures> extractor, Bench.Watcher watcher) {
    boolean mixes = autoencoder.stretch(SIDE, SIDE).overlap() > 0;
    List<Way> ways = ways(mixes);
    List<Double> rendered = new ArrayList<>();
    FeatureSet truth = new FeatureSet();
    List<TruthClip> clips = TruthClip.of(count, seed, split, EnumSet.allOf(Motion.class));
    for (int from = 0; from < clips.size(); from += batch) {
      List<TruthClip> some = clips.subList(from, Math.min(clips.size(), from + batch));
      long first = from;
      watcher.requireGoing(from, count);
      Scopes.run(() -> {
        Shots source = Shots.of(pixels(some), FPS);
        Stretches stretches = new Stretches(autoencoder);
        Tensor z = noisy(stretches.encode(source.x_B3FHW(), Progress.NONE), first);
        Tensor whole = stretches.decode(z, Progress.NONE);
        extractor.ifPresent(e -> truth.add(e, source.x_B3FHW()));
        for (Way way : ways) {
          Tensor made = way.cut.map(cut -> stretches.decode(z, cut, Progress.NONE)).orElse(whole);
          Tensor x_B3FHW = Ops.clamp(made, -1, 1);
          extractor.ifPresent(e -> way.features.add(e, x_B3FHW));
          for (int i = 0; i < some.size(); i++) {
            add(way, x_B3FHW.select(0, i), source.one(i), whole.select(0, i));
          }
        }
        Shots shown = Shots.of(Ops.clamp(whole, -1, 1), FPS);
        for (int i = 0; i < some.size(); i++) {
          rendered.add(Flicker.of(source.one(i)));
          watcher.made(some.get(i).prompt().text(), shown.videos().get(i));
        }
      });
      watcher.update(Phase.EVALUATE, Math.min(count, from + batch), count, "");
    }
    Report report = new Report();
    report.section("rendered").spread("flicker, levels", Spread.of(rendered));
    boolean many = extractor.isPresent() && truth.size() > 1;
    ways.forEach(way ->
        report(
            report,
            way,
            many
                ? Optional.of(FrechetDistance.between(way.features, truth, seed))
                : Optional.empty()));
    return report.end();
  }

  private Tensor noisy(Tensor z, long first) {
    if (noise == 0) {
      return z;
    }
    try (RandomStream random = new RandomStreams(seed).stream("noise", first)) {
      return Ops.addScaled(z, random.normal(Tensors.shape(z)), noise);
    }
  }

  private static Tensor pixels(List<TruthClip> clips) {
    return Shots.tensor(clips.stream().map(c -> c.render(SIDE, SIDE, FRAMES, FPS)).toList());
  }

  private static List<Way> ways(boolean mixes) {
    List<Way> ways = new ArrayList<>();
    ways.add(new Way("whole", Optional.empty()));
    for (int chunk : mixes ? CHUNKS : List.<Integer>of()) {
      for (int overlap : OVERLAPS) {
        if (overlap < chunk) {
          ways.add(
              new Way(
                  "chunks of %s, overlap %s".formatted(chunk, overlap),
                  Optional.of(new Autoencoder.Stretch(chunk, 0, overlap))));
        }
      }
    }
    return ways;
  }

  private static void add(Way way, Tensor x_CFHW, Tensor source_CFHW, Tensor whole_CFHW) {
    way.psnr.add(Psnr.of(x_CFHW, source_CFHW));
    way.flicker.add(Flicker.of(x_CFHW) - Flicker.of(source_CFHW));
    way.tremble.add(LEVELS * PixelJerk.second(x_CFHW.sub(source_CFHW), List.of()).inside() / NOISE);
    way.cut.ifPresent(cut -> {
      List<Integer> borders = Stretches.borders((int) x_CFHW.size(1), cut);
      way.seams.add(PixelJerk.second(x_CFHW.sub(source_CFHW), borders));
      way.distance.add(LEVELS * Change.rms(x_CFHW, Ops.clamp(whole_CFHW, -1, 1)));
    });
  }

  private static void report(Report report, Way way, Optional<FrechetDistance> frechet) {
    report
        .section(way.name)
        .spread("PSNR, dB", Spread.of(way.psnr))
        .spread("flicker beyond rendered", Spread.of(way.flicker))
        .spread("trembling of the error", Spread.of(way.tremble));
    if (!way.seams.isEmpty()) {
      report
          .spread("away from the whole", Spread.of(way.distance))
          .contrast("error at borders", Seams.Contrast.of(way.seams));
    }
    report.frechet(frechet);
  }
}
