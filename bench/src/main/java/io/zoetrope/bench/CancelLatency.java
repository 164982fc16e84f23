package io.zoetrope.bench;

import io.zoetrope.pipeline.order.FileSink;
import io.zoetrope.pipeline.order.Sources;
import io.zoetrope.pipeline.order.Studio;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.Scopes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** How soon a large job stops that is told to, in each of its phases. */
final class CancelLatency {
  private static final String ORDER =
      """
      {"task": %s, "wish": {"prompts": ["a red ball moves right"], "seed": 3, "frames": %s,
       "steps": 2, "size": {"width": %s, "height": %s}}, "model": {"name": "models/toybox"}}
      """;

  private static final String GENERATE = "{\"kind\": \"generate\"}";

  /** Into a phase, at which somebody loses patience. */
  private static final long PATIENCE_MS = 700;

  private CancelLatency() {}

  /**
   * @param side pixels
   */
  static Table run(int side, int frames) {
    Table table =
        new Table(
            "cancel",
            "Seconds until a job of %s frames of %sx%s has stopped, told so %s ms into a phase"
                .formatted(frames, side, side, PATIENCE_MS),
            "task",
            "phase",
            "seconds");
    try {
      Path folder = Files.createTempDirectory("cancel");
      try {
        Path source = folder.resolve("source.mp4");
        make(ORDER.formatted(GENERATE, frames, 128, 128), source, Progress.NONE);
        String generate = ORDER.formatted(GENERATE, frames, side, side);
        String restyle =
            ORDER.formatted(
                "{\"kind\": \"restyle\", \"video\": {\"path\": \"%s\"}}".formatted(source),
                frames,
                side,
                side);
        Path out = folder.resolve("out.mp4");
        for (Phase phase : EnumSet.of(Phase.LOAD, Phase.SAMPLE, Phase.DECODE, Phase.WRITE)) {
          table.row("generate", phase.doing(), seconds(generate, out, phase));
        }
        for (Phase phase : EnumSet.of(Phase.READ, Phase.ENCODE)) {
          table.row("restyle", phase.doing(), seconds(restyle, out, phase));
        }
      } finally {
        AtomicFiles.deleteTree(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return table;
  }

  private static void make(String order, Path out, Progress progress) {
    Scopes.run(() ->
        Studio.make(
            VideoOrder.parse("order", order), Sources.in(Path.of("")), FileSink.of(out), progress));
  }

  /** Not a number where the phase was over before. */
  private static double seconds(String order, Path out, Phase phase) throws IOException {
    Impatient progress = new Impatient(phase);
    try {
      make(order, out, progress);
    } catch (CancellationException e) {
      if (Files.exists(out)) {
        throw new IllegalStateException("a cancelled job left " + out, e);
      }
      return (System.nanoTime() - progress.told()) * 1e-9;
    }
    Files.delete(out);
    return Double.NaN;
  }

  private static final class Impatient implements Progress {
    private final Phase phase;
    private volatile @Nullable Long entered;

    Impatient(Phase phase) {
      this.phase = phase;
    }

    @Override
    public void update(Report report) {
      // A step is told of when it ends: sampling begins when loading has ended.
      Phase begins = phase == Phase.SAMPLE ? Phase.LOAD : phase;
      boolean over = phase != Phase.SAMPLE || report.done() == report.total();
      if (entered == null && report.phase() == begins && over) {
        entered = System.nanoTime();
      }
    }

    @Override
    public boolean cancelled() {
      Long since = entered;
      return since != null && System.nanoTime() >= since + PATIENCE_MS * 1_000_000;
    }

    long told() {
      Long since = entered;
      return since == null ? System.nanoTime() : since + PATIENCE_MS * 1_000_000;
    }
  }
}
