package io.zoetrope.app.make.option;

import io.zoetrope.app.cli.option.ShapeOptions;
import io.zoetrope.app.cli.option.Values;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The shape of a video that may be longer than a clip; what is not said is up to the command or its
 * model.
 */
public final class LengthOptions extends ShapeOptions {
  @Option(
      names = "--frames",
      paramLabel = "N",
      converter = Values.Length.class,
      description = {
        "Number of frames; of a source that is made again, no more than so many (see docs/tasks)."
      })
  private @Nullable Integer frames;

  @Override
  public OptionalInt frames() {
    return frames == null ? OptionalInt.empty() : OptionalInt.of(frames);
  }
}
