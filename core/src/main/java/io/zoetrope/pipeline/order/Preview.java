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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/**
 * Shows what is being sampled, as it is estimated by now: after the first step, and then as often
 * as that takes no more than 3 % of the time. Colours are those that are known of the model's
 * latents ({@link ModelColours}), which are learned of the first step shown, and of steps 4, 16,
 * ... where there is time for that. An autoencoder that is quick decodes the clip itself.
 */
final class Preview {
  /** Of the time after the first preview: for frames. */
  private static final double SHOWING = 0.015;

  /** And, of the time that steps are to take, for learning colours. */
  private static final double LEARNING = 0.015;

  /** Times as many rows until colours are learned of another. */
  private static final int AGAIN = 4;

  private final Estimates shown;
  private final Supplier<List<Engine>> engines;
  private int learned;
  private boolean begun;
  private long began = System.nanoTime();
  private long showing;
  private long learning;

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
    Report.Row row = report.row().orElseThrow();
    if (row.number() <= 1) {
      learned = 0;
    }
    long now = System.nanoTime();
    if ((begun && showing > SHOWING * (now - began)) || !shown.wants(report)) {
      return;
    }
    long before = learning;
    report.preview().get().ifPresent(x0 -> show(x0, report, row));
    long end = System.nanoTime();
    if (begun) {
      showing += end - now - (learning - before);
    } else {
      // What is done for the first time takes long, and would use up the time of many.
      begun = true;
      began = end;
      learning = 0;
    }
  }

  private void show(Tensor x0_BCFHW, Report report, Report.Row row) {
    Scopes.run(() -> {
      Tensor z_1CFHW = x0_BCFHW.narrow(0, 0, 1);
      int channels = (int) z_1CFHW.size(1);
      Optional<Engine> quick = quick(channels);
      if (quick.isPresent()) {
        decoded(quick.get(), z_1CFHW).ifPresent(frames -> shown.take(report, frames));
        return;
      }
      for (Engine engine : engines.get()) {
        LatentGrid grid = engine.model().grid();
        ModelColours colours = ModelColours.of(engine.model());
        if (grid.channels() == channels && known(colours, engine, z_1CFHW, row)) {
          List<Frame> latents = colours.show(z_1CFHW);
          List<Frame> frames = new ArrayList<>();
          for (int frame = 0; frame < grid.frames(latents.size()); frame++) {
            frames.add(latents.get((int) grid.latentOf(frame)));
          }
          shown.take(report, frames);
          return;
        }
      }
    });
  }

  /** Whether something is known of a model's colours, perhaps since now. */
  private boolean known(ModelColours colours, Engine engine, Tensor z_1CFHW, Report.Row row) {
    long now = System.nanoTime();
    // Colours of another video do not show those of this one: it is learned of, too.
    boolean old = row.number() >= AGAIN * learned && learning <= LEARNING * (now - began);
    if (learned == 0 || old) {
      try {
        colours.learn(engine, z_1CFHW.narrow(2, z_1CFHW.size(2) / 2, 1));
        learned = row.number();
      } catch (UserError | IllegalArgumentException e) {
        // Latents of the other model, or no numbers yet: sampling itself says so if it is worth it.
      }
      learning += System.nanoTime() - now;
    }
    return colours.known();
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
}
