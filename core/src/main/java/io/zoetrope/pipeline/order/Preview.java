package io.zoetrope.pipeline.order;

import io.zoetrope.error.UserError;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Resize;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/**
 * Shows what is being sampled, as it is estimated by now: after the first step, and then as often
 * as that takes no more than 3 % of the time. Colours are a linear fit to one frame that the
 * autoencoder decodes ({@link LatentColours}), made anew after step 4, 16, ... where there is time
 * for that. An autoencoder that is quick decodes the clip itself.
 */
final class Preview {
  /** Of the time after the first preview: for frames. */
  private static final double SHOWING = 0.02;

  /** And for colours that are fitted anew. */
  private static final double FITTING = 0.01;

  /** Pixels that are shown of each latent, on a side. */
  private static final int FINE = 2;

  /** Times as many rows until colours are fitted anew. */
  private static final int REFIT = 4;

  private final Estimates shown;
  private final Supplier<List<Engine>> engines;
  private Optional<Fit> fit = Optional.empty();
  private int fitted;
  private boolean begun;
  private long began = System.nanoTime();
  private long showing;
  private long fitting;

  /** Colours of a model's latents, and how these lie on frames. */
  private record Fit(LatentColours colours, LatentGrid grid) {}

  /**
   * Begins.
   *
   * @param engines those that sample by now
   */
  Preview(Estimates shown, Supplier<List<Engine>> engines) {
    this.shown = shown;
    this.engines = engines;
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
    shown.passed(report);
    int row = report.row().orElseThrow().number();
    if (row <= 1) {
      fitted = 0;
    }
    long now = System.nanoTime();
    if ((begun && showing > SHOWING * (now - began)) || !shown.wants(report)) {
      return;
    }
    long fits = fitting;
    report.preview().get().ifPresent(x0 -> show(x0, report, row));
    long end = System.nanoTime();
    if (begun) {
      showing += end - now - (fitting - fits);
    } else {
      // What is done for the first time takes long, and would use up the time of many.
      begun = true;
      began = end;
      fitting = 0;
    }
  }

  private void show(Tensor x0_BCFHW, Report report, int row) {
    Scopes.run(() -> {
      Tensor z_1CFHW = x0_BCFHW.narrow(0, 0, 1);
      int channels = (int) z_1CFHW.size(1);
      int count = (int) z_1CFHW.size(2);
      int height = (int) z_1CFHW.size(3);
      int width = (int) z_1CFHW.size(4);
      Optional<Engine> quick = quick(channels);
      if (quick.isPresent()) {
        decoded(quick.get(), z_1CFHW).ifPresent(frames -> shown.take(report, frames));
        return;
      }
      long now = System.nanoTime();
      boolean old = row >= REFIT * fitted && fitting <= FITTING * (now - began);
      if (fitted == 0 || old) {
        boolean known = fit(z_1CFHW.narrow(2, count / 2, 1), channels, width, height);
        fitted = known ? row : fitted;
        fitting += System.nanoTime() - now;
      }
      fit.filter(f -> f.colours.channels() == channels)
          .ifPresent(f -> {
            List<Frame> latents = new ArrayList<>();
            for (int i = 0; i < count; i++) {
              float[] z_CHW = Tensors.toFloats(z_1CFHW.narrow(2, i, 1));
              latents.add(f.colours.show(z_CHW, width, height));
            }
            List<Frame> frames = new ArrayList<>();
            for (int frame = 0; frame < f.grid.frames(count); frame++) {
              frames.add(latents.get((int) f.grid.latentOf(frame)));
            }
            shown.take(report, frames);
          });
    });
  }

  private Optional<Engine> quick(int channels) {
    return engines.get().stream()
        .filter(engine -> engine.model().autoencoder().quick())
        .filter(engine -> engine.model().grid().channels() == channels)
        .findFirst();
  }

  /** The clip as it is decoded, no larger than a file that is looked at. */
  private static Optional<List<Frame>> decoded(Engine engine, Tensor z_1CFHW) {
    try {
      List<Frame> frames = engine.decode(z_1CFHW, 1).frames();
      int width = frames.getFirst().width();
      int height = frames.getFirst().height();
      int longest = Math.max(width, height);
      if (longest <= Estimates.LONGEST_SIDE) {
        return Optional.of(frames);
      }
      double scale = Estimates.LONGEST_SIDE / (double) longest;
      Resize small =
          Resize.stretch(
              width,
              height,
              Math.max(1, (int) Math.round(width * scale)),
              Math.max(1, (int) Math.round(height * scale)));
      return Optional.of(frames.stream().map(small::apply).toList());
    } catch (UserError | IllegalArgumentException e) {
      // No numbers yet: sampling itself says so if it is worth it.
      return Optional.empty();
    }
  }

  /** A fit to one frame; whether there is one: some autoencoder of the order reads such latents. */
  private boolean fit(Tensor z_1C1HW, int channels, int width, int height) {
    for (Engine engine : engines.get()) {
      try {
        Frame decoded = engine.decode(z_1C1HW, 1).frames().getFirst();
        float[] z_CHW = Tensors.toFloats(z_1C1HW);
        fit =
            Optional.of(
                new Fit(
                    LatentColours.fit(z_CHW, channels, width, height, decoded, FINE),
                    engine.model().grid()));
        return true;
      } catch (UserError | IllegalArgumentException e) {
        // Latents of the other model, or no numbers yet: sampling itself says so if it is worth it.
      }
    }
    return false;
  }
}
