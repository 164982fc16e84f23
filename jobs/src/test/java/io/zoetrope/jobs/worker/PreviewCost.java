package io.zoetrope.jobs.worker;

import io.zoetrope.media.Frame;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.order.Estimates;
import io.zoetrope.pipeline.order.FrameSink;
import io.zoetrope.pipeline.order.GenerateSpec;
import io.zoetrope.pipeline.order.ModelRef;
import io.zoetrope.pipeline.order.Shot;
import io.zoetrope.pipeline.order.Sources;
import io.zoetrope.pipeline.order.Studio;
import io.zoetrope.pipeline.order.Tuning;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.pipeline.order.Wish;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Sampling with previews against sampling without, in turns: the median of pairs. Run with the
 * folder of a model, a folder for strips, how many pairs, and how many steps. The model stays
 * loaded.
 */
public final class PreviewCost {
  private final Sources sources;

  private PreviewCost(Sources sources) {
    this.sources = sources;
  }

  /** A model that stays loaded, as a worker's does. */
  private record Kept(Sources files, ModelCache models) implements Sources {
    @Override
    public Path model(String name) {
      return files.model(name);
    }

    @Override
    public Path file(String path) {
      return files.file(path);
    }

    @Override
    public VideoModel lend(ModelChoice choice, Progress progress) {
      return models.lend(choice, progress);
    }

    @Override
    public void giveBack(VideoModel model) {
      models.giveBack(model);
    }
  }

  /** A run. */
  public static void main(String[] args) {
    try (ModelCache models = new ModelCache()) {
      new PreviewCost(new Kept(Sources.in(Path.of("")), models)).run(args);
    }
  }

  private void run(String[] args) {
    int pairs = Integer.parseInt(args[2]);
    VideoOrder order =
        new VideoOrder(
            GenerateSpec.usual(),
            Wish.of("a red ball moves right").withSeed(4).withSteps(Integer.parseInt(args[3])),
            ModelRef.of(args[0]).withDevice("cpu"),
            Tuning.NONE);
    double alone = seconds(order, Optional.empty());
    double cold = seconds(order, Optional.of(Path.of(args[1])));
    System.out.printf(
        Locale.ROOT, "the model's first previews: %.2f s, before without: %.2f s%n", cold, alone);
    double[] ratios = new double[pairs];
    double with = 0;
    double without = 0;
    for (int pair = 0; pair < pairs; pair++) {
      boolean first = pair % 2 == 0;
      double a = seconds(order, first ? Optional.of(Path.of(args[1])) : Optional.empty());
      double b = seconds(order, first ? Optional.empty() : Optional.of(Path.of(args[1])));
      ratios[pair] = first ? a / b : b / a;
      with += first ? a : b;
      without += first ? b : a;
    }
    Arrays.sort(ratios);
    System.out.printf(
        Locale.ROOT,
        "%d pairs: with previews by without: median %.3f, all together %.3f (%.2f s and %.2f s)%n",
        pairs,
        ratios[pairs / 2],
        with / without,
        with / pairs,
        without / pairs);
  }

  /** Seconds from the model's being there to the last step. */
  private double seconds(VideoOrder order, Optional<Path> folder) {
    Optional<Strips> strips = folder.map(at -> new Strips(at, row -> {}));
    long[] sampling = new long[2];
    FrameSink sink =
        new FrameSink() {
          @Override
          public void begin(Shot shot) {
            sampling[0] = System.nanoTime();
            strips.ifPresent(
                s -> s.begin(shot.request().width(), shot.request().height(), /* oneClip= */ true));
          }

          @Override
          public Optional<Estimates> estimates() {
            return strips.map(s -> s);
          }

          @Override
          public void frame(Frame frame) {}
        };
    Progress progress =
        report -> {
          if (report.phase() == Phase.SAMPLE) {
            sampling[1] = System.nanoTime();
          }
        };
    Studio.make(order, sources, sink, progress);
    return (sampling[1] - sampling[0]) / 1e9;
  }
}
