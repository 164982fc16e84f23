package io.zoetrope.jobs.worker;

import io.zoetrope.media.Frame;
import io.zoetrope.media.Resize;
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
import io.zoetrope.progress.Report;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How much a strip of estimates looks like the video that comes of it, and what it costs: a line
 * for each row, then the whole. Run with the folder of a model, a prompt, and a folder for strips.
 */
public final class PreviewFigures {
  private PreviewFigures() {}

  /** A run. */
  public static void main(String[] args) {
    VideoOrder order =
        new VideoOrder(
            GenerateSpec.usual(),
            Wish.of(args[1]).withSeed(4),
            ModelRef.of(args[0]).withDevice("cpu"),
            Tuning.NONE);
    for (int run = 0; run < 2; run++) {
      run(order, Path.of(args[2]));
    }
  }

  private static void run(VideoOrder order, Path folder) {
    Map<Integer, List<Frame>> seen = new LinkedHashMap<>();
    Map<Integer, Double> millis = new LinkedHashMap<>();
    List<Frame> made = new ArrayList<>();
    Map<Integer, Double> coding = new LinkedHashMap<>();
    Strips strips = new Strips(folder, row -> {});
    FrameSink sink =
        new FrameSink() {
          @Override
          public void begin(Shot shot) {
            strips.begin(shot.request().width(), shot.request().height(), false);
          }

          @Override
          public Optional<Estimates> estimates() {
            return Optional.of(
                new Estimates() {
                  private long begun;

                  @Override
                  public void passed(Report step) {
                    strips.passed(step);
                  }

                  @Override
                  public boolean wants(Report step) {
                    begun = System.nanoTime();
                    return true;
                  }

                  @Override
                  public void take(Report step, List<Frame> frames) {
                    long estimated = System.nanoTime();
                    strips.take(step, frames);
                    int row = step.row().orElseThrow().number();
                    seen.put(row, frames);
                    coding.put(row, (System.nanoTime() - estimated) / 1e6);
                    millis.put(row, (System.nanoTime() - begun) / 1e6);
                  }
                });
          }

          @Override
          public void frame(Frame frame) {
            made.add(frame);
          }
        };
    long[] sampling = new long[2];
    Progress progress =
        report -> {
          if (report.phase() == Phase.SAMPLE) {
            long now = System.nanoTime();
            sampling[0] = sampling[0] == 0 ? now : sampling[0];
            sampling[1] = now;
          }
        };
    Studio.make(order, Sources.in(Path.of("")), sink, progress);
    double spent = millis.values().stream().mapToDouble(Double::doubleValue).sum();
    seen.forEach((row, frames) ->
        System.out.printf(
            "row %d: %.1f dB, %.1f ms from the end of the step to the file, %.1f of them its strip%n",
            row, psnr(frames, made), millis.get(row), coding.get(row)));
    double all = (sampling[1] - sampling[0]) / 1e6;
    System.out.printf(
        "%d of %d rows shown, %.0f ms of %.0f ms: %.2f %%%n",
        seen.size(), order.wish().steps().orElse(24), spent, all, 100 * spent / all);
  }

  /** Of frames at the size of a strip. */
  private static double psnr(List<Frame> estimated, List<Frame> made) {
    double sum = 0;
    long count = 0;
    for (int i = 0; i < made.size(); i++) {
      Frame a = sized(estimated.get(i));
      Frame b = sized(made.get(i));
      for (int k = 0; k < a.rgb().length; k++) {
        double d = (a.rgb()[k] & 0xff) - (b.rgb()[k] & 0xff);
        sum += d * d;
        count++;
      }
    }
    return 10 * Math.log10(255.0 * 255 * count / sum);
  }

  private static Frame sized(Frame frame) {
    int height = Strips.HEIGHT;
    int width = frame.width() * height / frame.height();
    return Resize.stretch(frame.width(), frame.height(), width, height).apply(frame);
  }
}
