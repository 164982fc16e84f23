package io.zoetrope.pipeline.order;

import io.zoetrope.error.UserError;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Resize;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoWriter;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/**
 * A small file with what is being sampled, as it is estimated by now: written anew after steps, as
 * often as that takes no more than a small share of their time. Colours are a linear fit to one
 * frame that the autoencoder decodes ({@link LatentColours}), made anew after step 1, 2, 4, 8, ...
 */
final class Preview {
  /** Of the time that steps take. */
  private static final double SHARE = 0.03;

  private static final int LONGEST_SIDE = 256;

  private final Path path;
  private final Supplier<List<Engine>> engines;
  private final double fps;
  private Optional<LatentColours> colours = Optional.empty();
  private int fitted;
  private final long began = System.nanoTime();
  private long spent;

  /**
   * Begins.
   *
   * @param path a file in any format of one file
   * @param engines those that sample by now
   * @param fps of the video
   */
  Preview(Path path, Supplier<List<Engine>> engines, double fps) {
    this.path = path;
    this.engines = engines;
    this.fps = fps;
  }

  /** Progress that also shows what is reported of steps. */
  Progress over(Progress progress) {
    return progress.map(report -> {
      if (report.phase() == Phase.SAMPLE && report.row().isPresent()) {
        step(report);
      }
      return report;
    });
  }

  private void step(Report report) {
    int row = report.row().orElseThrow();
    if (row <= 1) {
      fitted = 0;
    }
    long now = System.nanoTime();
    if (spent <= SHARE * (now - began)) {
      report.preview().get().ifPresent(x0 -> show(x0, row));
      spent += System.nanoTime() - now;
    }
  }

  private void show(Tensor x0_BCFHW, int row) {
    Scopes.run(() -> {
      Tensor z_1CFHW = x0_BCFHW.narrow(0, 0, 1);
      int channels = (int) z_1CFHW.size(1);
      int count = (int) z_1CFHW.size(2);
      int height = (int) z_1CFHW.size(3);
      int width = (int) z_1CFHW.size(4);
      if (fitted == 0 || row >= 2 * fitted) {
        OptionalInt known = fit(z_1CFHW.narrow(2, count / 2, 1), channels, width, height);
        fitted = known.isPresent() ? row : fitted;
      }
      colours
          .filter(c -> c.weights().length == channels + 1)
          .ifPresent(c -> {
            List<Frame> frames = new ArrayList<>();
            for (int f = 0; f < count; f++) {
              frames.add(large(c.show(Tensors.toFloats(z_1CFHW.narrow(2, f, 1)), width, height)));
            }
            VideoWriter.write(path, new Video(frames, fps));
          });
    });
  }

  /** A fit to one frame; without one where no autoencoder of the order reads such latents. */
  private OptionalInt fit(Tensor z_1C1HW, int channels, int width, int height) {
    for (Engine engine : engines.get()) {
      try {
        Frame decoded = engine.decode(z_1C1HW, 1).frames().getFirst();
        colours =
            Optional.of(
                LatentColours.fit(Tensors.toFloats(z_1C1HW), channels, width, height, decoded));
        return OptionalInt.of(channels);
      } catch (UserError | IllegalArgumentException e) {
        // Latents of the other model, or no numbers yet: sampling itself says so if it is worth it.
      }
    }
    return OptionalInt.empty();
  }

  /** Large enough to be looked at, and even. */
  private static Frame large(Frame small) {
    int longest = Math.max(small.width(), small.height());
    int times = Math.max(1, LONGEST_SIDE / longest);
    int width = small.width() * times;
    int height = small.height() * times;
    return Resize.stretch(small.width(), small.height(), width + width % 2, height + height % 2)
        .apply(small);
  }
}
