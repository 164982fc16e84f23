package io.zoetrope.pipeline.cascade;

import io.zoetrope.data.toybox.Split;
import io.zoetrope.data.toybox.ToyboxDataset;
import io.zoetrope.data.toybox.ToyboxPrompts.Prompt;
import io.zoetrope.diffusion.guidance.Downsampling;
import io.zoetrope.eval.AdherenceRates;
import io.zoetrope.eval.Rate;
import io.zoetrope.eval.features.ClassifierFeatures;
import io.zoetrope.eval.picture.Psnr;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Video;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.TextToVideo;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.Size;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.task.Upscale;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/**
 * Figures of docs/methods/imagen-video.md: super-resolution of pixels, 32 to 64, that was trained
 * with noise-conditioning augmentation against one trained without, at several levels, of rendered
 * and of generated small clips; beside them, enlarging by Catmull-Rom. A main, for it takes
 * minutes; run where {@code models} lies. Arguments: folder of the model that is told the noise,
 * folder of the plain one, how many clips, seeds. Of several seeds differences have standard errors
 * over these.
 */
public final class SsrTrial {
  private static final int SMALL = 32;
  private static final int LARGE = 64;
  private static final int FRAMES = 8;
  private static final double FPS = 8;
  private static final int STEPS = 8;
  private static final String PLAIN = "plain";
  private static final String CLEAN = "told, level 0.0";

  private SsrTrial() {}

  /**
   * How small clips are made large.
   *
   * @param model empty enlarges by Catmull-Rom
   * @param level to which the small clip is noised
   */
  record Way(String name, Optional<VideoModel> model, double level) {
    /** All that are compared. */
    static List<Way> all(VideoModel told, VideoModel plain) {
      List<Way> ways = new ArrayList<>();
      ways.add(new Way("Catmull-Rom", Optional.empty(), 0));
      ways.add(new Way(PLAIN, Optional.of(plain), 0));
      for (double level : new double[] {0, 0.1, 0.2, 0.4}) {
        ways.add(new Way("told, level " + level, Optional.of(told), level));
      }
      return ways;
    }

    /** As a cascade does it; the noise of a seed is the same in all ways. */
    Video enlarged(Prompt prompt, Video small, long seed) {
      return Scopes.value(() -> {
        if (model.isEmpty()) {
          return FrameTensors.toVideo(
              Upscale.to(pixels(small), LARGE, LARGE).select(0, 0), small.fps());
        }
        Engine engine = new Engine(model.get());
        VideoRequest request =
            VideoRequest.of(prompt.text(), seed, model.get().defaults())
                .withSize(LARGE, LARGE)
                .withFrames(FRAMES)
                .withFps(FPS)
                .withSteps(STEPS)
                .withGuidance(1);
        Stage stage = stage();
        Crossing.Made made =
            new Crossing(engine, stage)
                .over(stage.bridge(), request, Optional.of(new Handed.Film(small)), Progress.NONE);
        return engine.decode(made.z_1CFHW(), FPS);
      });
    }

    private Stage stage() {
      return new Stage(
          Optional.empty(),
          new Bridge.Enlarge(Downsampling.AREA, Optional.empty(), 1),
          level,
          Optional.empty(),
          Optional.of(new Size(LARGE, LARGE)),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Stage.Sharing.EACH,
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
    }
  }

  /**
   * What came of the clips of a seed.
   *
   * @param decibels of each against the clip that was rendered large; none of generated ones
   */
  private record Figures(AdherenceRates rates, double frechet, List<Double> decibels) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%s; Frechet %.2f%s",
          TrialScores.line(rates),
          frechet,
          decibels.isEmpty() ? "" : "; PSNR " + TrialScores.brief(decibels));
    }
  }

  /** Runs it; a line for each input and way, seed by seed, then all of them together. */
  public static void main(String[] args) {
    int count = Integer.parseInt(args[2]);
    Map<String, Map<String, List<Figures>>> all = new LinkedHashMap<>();
    try (VideoModel told = load(Path.of(args[0]));
        VideoModel plain = load(Path.of(args[1]));
        VideoModel base = load(Path.of("models", "toybox-turbo"));
        ClassifierFeatures features =
            ClassifierFeatures.load(Path.of("models", "toybox-classifier"))) {
      for (String seed : Arrays.asList(args).subList(3, args.length)) {
        long number = Long.parseLong(seed);
        List<ToyClip> rendered = rendered(number, count);
        List<ToyClip> generated = generated(base, rendered, number);
        for (Way way : Way.all(told, plain)) {
          Figures ofTruth = figures(way, rendered, true, features, number);
          Figures ofMade = figures(way, generated, false, features, number);
          System.out.printf("seed %s, rendered, %s: %s%n", seed, way.name, ofTruth);
          System.out.printf("seed %s, generated, %s: %s%n", seed, way.name, ofMade);
          keep(all, "rendered", way, ofTruth);
          keep(all, "generated", way, ofMade);
        }
      }
    }
    all.forEach(SsrTrial::together);
  }

  private static VideoModel load(Path folder) {
    return VideoModel.load(ModelChoice.of(folder, "f32"));
  }

  private static void keep(
      Map<String, Map<String, List<Figures>>> all, String input, Way way, Figures figures) {
    all.computeIfAbsent(input, unused -> new LinkedHashMap<>())
        .computeIfAbsent(way.name, unused -> new ArrayList<>())
        .add(figures);
  }

  /** Clips of combinations that no training shows. */
  static List<ToyClip> rendered(long seed, int count) {
    return ToyClip.of(new ToyboxDataset(seed, Split.HELD_OUT, LARGE, LARGE, FRAMES, FPS), count);
  }

  /** What a model makes of the same prompts, in its own size. */
  static List<ToyClip> generated(VideoModel base, List<ToyClip> clips, long seed) {
    TextToVideo maker = new TextToVideo(new Engine(base));
    return IntStream.range(0, clips.size())
        .mapToObj(i -> {
          Prompt prompt = clips.get(i).prompt();
          VideoRequest request =
              VideoRequest.of(prompt.text(), seed + i, base.defaults())
                  .withFrames(FRAMES)
                  .withFps(FPS);
          return new ToyClip(prompt, maker.run(request, Progress.NONE));
        })
        .toList();
  }

  /** A clip made as small as what is enlarged. */
  static Video small(Video video) {
    return Scopes.value(() ->
        FrameTensors.toVideo(
            Ops.area(FrameTensors.toTensor(video).transpose(0, 1), SMALL, SMALL).transpose(0, 1),
            video.fps()));
  }

  private static Tensor pixels(Video video) {
    return FrameTensors.toTensor(video).unsqueeze(0);
  }

  private static Figures figures(
      Way way, List<ToyClip> clips, boolean true64, ClassifierFeatures features, long seed) {
    TrialScores scores = new TrialScores(features, seed);
    List<Double> decibels = new ArrayList<>();
    for (int i = 0; i < clips.size(); i++) {
      ToyClip clip = clips.get(i);
      Video large = way.enlarged(clip.prompt(), small(clip.video()), seed + i);
      scores.add(clip.prompt(), large);
      if (true64) {
        decibels.add(Scopes.value(() -> Psnr.of(pixels(large), pixels(clip.video()))));
      }
    }
    return new Figures(scores.rates(), scores.frechet(), decibels);
  }

  private static void together(String input, Map<String, List<Figures>> ways) {
    List<Figures> clean = Objects.requireNonNull(ways.get(CLEAN));
    List<Figures> plain = Objects.requireNonNull(ways.get(PLAIN));
    ways.forEach((way, seeds) -> {
      System.out.printf(
          "%s, %s: colour %s, shape %s, motion %s; Frechet %s%n",
          input,
          way,
          Rate.sum(seeds.stream().map(f -> f.rates.colour()).toList()),
          Rate.sum(seeds.stream().map(f -> f.rates.shape()).toList()),
          Rate.sum(seeds.stream().map(f -> f.rates.motion()).toList()),
          TrialScores.brief(seeds.stream().map(Figures::frechet).toList()));
      if (!way.equals(PLAIN)) {
        against(PLAIN, seeds, plain);
      }
      if (!way.equals(CLEAN)) {
        against(CLEAN, seeds, clean);
      }
    });
  }

  /** Differences of the same clips and noise. */
  private static void against(String name, List<Figures> ours, List<Figures> theirs) {
    List<Double> decibels = new ArrayList<>();
    for (int s = 0; s < ours.size(); s++) {
      for (int i = 0; i < ours.get(s).decibels.size(); i++) {
        decibels.add(ours.get(s).decibels.get(i) - theirs.get(s).decibels.get(i));
      }
    }
    System.out.printf(
        "  less that of %s: Frechet %s, colour %s, shape %s%s%n",
        name,
        differences(ours, theirs, Figures::frechet),
        differences(ours, theirs, f -> f.rates.colour().value()),
        differences(ours, theirs, f -> f.rates.shape().value()),
        decibels.isEmpty() ? "" : ", PSNR " + TrialScores.brief(decibels));
  }

  private static String differences(
      List<Figures> ours, List<Figures> theirs, ToDoubleFunction<Figures> figure) {
    return TrialScores.brief(
        IntStream.range(0, ours.size())
            .mapToObj(s -> figure.applyAsDouble(ours.get(s)) - figure.applyAsDouble(theirs.get(s)))
            .toList());
  }
}
