package io.zoetrope.app.make.option;

import io.zoetrope.app.cli.option.Values;
import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.diffusion.guidance.SkipLayers;
import io.zoetrope.error.UserError;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Blocks of a transformer that guidance leaves out. */
public final class SkipOptions {
  @Option(
      names = "--skip-layers",
      paramLabel = "N[,N]",
      converter = Values.Blocks.class,
      description = {
        "Skip-layer guidance, for transformers: what guidance leads away from is asked of the network"
            + " without these blocks, counted from 0, as in 9 or 9,10 for Wan. At no cost."
      })
  private @Nullable List<Integer> blocks;

  @Option(
      names = "--skip-layers-from",
      paramLabel = "SHARE",
      converter = Values.Share.class,
      description =
          "Share of the steps that are made before (default: 0.1; 0.01 with --skip-layers-scale).")
  private @Nullable Double from;

  @Option(
      names = "--skip-layers-until",
      paramLabel = "SHARE",
      converter = Values.Share.class,
      description =
          "Share of the steps after which no blocks are left out (default: 0.8; 0.2 with"
              + " --skip-layers-scale).")
  private @Nullable Double until;

  @Option(
      names = "--skip-layers-scale",
      paramLabel = "S",
      converter = Values.SkipScale.class,
      description = {
        "Leave the blocks out of a pass of its own, of the prompt, and lead away from that by S, as in"
            + " 3: half as much work again in these steps."
      })
  private @Nullable Double scale;

  /** What was said; empty if nothing was. */
  Optional<SkipLayers> layers() {
    if (blocks == null) {
      if (from != null || until != null || scale != null) {
        throw new UsageError("--skip-layers-... options are about --skip-layers: add it");
      }
      return Optional.empty();
    }
    try {
      return Optional.of(
          new SkipLayers(
              blocks,
              Optional.ofNullable(from),
              Optional.ofNullable(until),
              Optional.ofNullable(scale)));
    } catch (UserError e) {
      throw new UsageError("--skip-layers: " + e.getMessage());
    }
  }
}
