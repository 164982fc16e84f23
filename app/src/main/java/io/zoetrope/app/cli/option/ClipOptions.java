package io.zoetrope.app.cli.option;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The shape of a clip; what is not said is up to the command or its model. */
public final class ClipOptions extends ShapeOptions {
  @Option(
      names = "--frames",
      paramLabel = "N",
      converter = Values.Frames.class,
      description = "Number of frames (default: the model's).")
  private @Nullable Integer frames;

  @Override
  public OptionalInt frames() {
    return frames == null ? OptionalInt.empty() : OptionalInt.of(frames);
  }
}
