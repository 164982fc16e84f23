package io.zoetrope.app.make.option;

import io.zoetrope.app.cli.option.Values;
import io.zoetrope.pipeline.order.Join;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a video longer than a clip of the model is put together. */
public final class JoinOptions {
  @Option(
      names = "--clip",
      paramLabel = "N",
      converter = Values.Frames.class,
      description = "Frames that the model sees at once (default: as it was trained).")
  private @Nullable Integer clip;

  @Option(
      names = "--overlap",
      paramLabel = "M",
      converter = Values.Frames.class,
      defaultValue = "4",
      description = {
        "Frames that a clip shares with the one before it: with 1, motion may turn at the join"
            + " (default: ${DEFAULT-VALUE})."
      })
  private int overlap;

  /** What was asked for. */
  public Join join() {
    return new Join(Optional.ofNullable(clip), overlap);
  }
}
