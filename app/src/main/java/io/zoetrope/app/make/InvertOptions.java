package io.zoetrope.app.make;

import io.zoetrope.app.cli.option.Values;
import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.pipeline.order.Invert;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a source is taken to its own noise. */
final class InvertOptions {
  /** What guidance leads away from, as people type it. */
  enum Away {
    negative,
    source,
    optimized
  }

  @Option(
      names = "--inverted",
      description =
          "Begin with the source's own noise (DDIM inversion), not with fresh one: what the prompt"
              + " does not change comes back.")
  private boolean inverted;

  @Option(
      names = "--inversion-passes",
      paramLabel = "N",
      converter = Values.Passes.class,
      description = "Passes of the fixed point on the way up, 0 to 20 (default: 3).")
  private @Nullable Integer passes;

  @Option(
      names = "--inversion-prompt",
      paramLabel = "PROMPT",
      description = "What the source shows, told on the way up (default: nothing).")
  private @Nullable String prompt;

  @Option(
      names = "--inversion-away",
      paramLabel = "FROM",
      description =
          "Guidance leads away from the ${COMPLETION-CANDIDATES} prompt (default: negative)."
              + " 'source' is negative-prompt inversion, 'optimized' null-text inversion: slow, and"
              + " nearest.")
  private @Nullable Away away;

  @Option(
      names = "--inversion-check",
      description = "Measure how near the source comes back without a change, and say it in dB.")
  private boolean check;

  /** Whether the source's own noise is asked for. */
  boolean given() {
    return inverted;
  }

  /**
   * What they say; empty without {@code --inverted}.
   *
   * @throws UsageError if the others are there without it
   */
  Optional<Invert> read() {
    if (!inverted) {
      if (passes != null || prompt != null || away != null || check) {
        throw new UsageError("--inversion-... options are about --inverted: add it");
      }
      return Optional.empty();
    }
    return Optional.of(
        new Invert(
            passes == null ? 3 : passes,
            Optional.ofNullable(prompt),
            switch (away) {
              case source -> Invert.Away.SOURCE;
              case optimized -> Invert.Away.OPTIMIZED;
              case negative -> Invert.Away.NEGATIVE;
              case null -> Invert.Away.NEGATIVE;
            },
            check));
  }
}
