package io.zoetrope.jobs.worker;

import io.zoetrope.media.Frame;
import io.zoetrope.pipeline.order.Estimates;
import io.zoetrope.pipeline.order.FrameSink;
import io.zoetrope.pipeline.order.GenerateSpec;
import io.zoetrope.pipeline.order.KeptModels;
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
import java.util.Optional;

/**
 * Sampling with previews against sampling without, in turns: the median of pairs. Run with the
 * folder of a model, a folder for strips, how many pairs, and how many steps.
 */
public final class PreviewCost {
  private PreviewCost() {}

  /** A run. */
  public static void main(String[] args) {
    int pairs = Integer.parseInt(args[2]);
    VideoOrder order =
        new VideoOrder(
            GenerateSpec.usual(),
            Wish.of("a red ball moves right").withSeed(4).withSteps(Integer.parseInt(args[3])),
            ModelRef.of(args[0]).withDevice("cpu"),
            Tuning.NONE);
    // A worker keeps its model, and what it knows of the model's colours, from job to job.
    try (KeptModels models = KeptModels.of(Sources.in(Path.of("")))) {
      run(order, models, Path.of(args[1]), pairs);
    }
  }

  private static void run(VideoOrder order, KeptModels models, Path strips, int pairs) {
    seconds(order, models, Optional.of(strips));
    double[] ratios = new double[pairs];
    double with = 0;
    double without = 0;
    for (int pair = 0; pair < pairs; pair++) {
      boolean first = pair % 2 == 0;
      double a = seconds(order, models, first ? Optional.of(strips) : Optional.empty());
      double b = seconds(order, models, first ? Optional.empty() : Optional.of(strips));
      ratios[pair] = first ? a / b : b / a;
      with += first ? a : b;
      without += first ? b : a;
    }
    Arrays.sort(ratios);
    System.out.printf(
        "%d pairs: with previews by without: median %.3f, all together %.3f (%.2f s and %.2f s)%n",
        pairs, ratios[pairs / 2], with / without, with / pairs, without / pairs);
  }

  /** Seconds from the model's being there to the last step. */
  private static double seconds(VideoOrder order, KeptModels models, Optional<Path> folder) {
    Optional<Strips> strips = folder.map(at -> new Strips(at, row -> {}));
    FrameSink sink =
        new FrameSink() {
          @Override
          public void begin(Shot shot) {
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
    long[] sampling = {System.nanoTime(), 0};
    Progress progress =
        report -> sampling[report.phase() == Phase.SAMPLE ? 1 : 0] = System.nanoTime();
    // What comes behind the last step writes the place of what came before the first no more.
    Progress until =
        report -> {
          if (report.phase().compareTo(Phase.SAMPLE) <= 0) {
            progress.update(report);
          }
        };
    Studio.make(order, models, sink, until);
    return (sampling[1] - sampling[0]) / 1e9;
  }
}
