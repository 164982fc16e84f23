package io.zoetrope.app.cli.option;

import io.zoetrope.pipeline.model.Size;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Size, rate and length of a video; what is not said is up to the command or its model. */
public abstract class ShapeOptions {
  @Option(
      names = "--size",
      paramLabel = "WxH",
      converter = Values.Shape.class,
      description = "Width and height in pixels, both even (default: the model's).")
  private @Nullable Size size;

  @Option(
      names = "--fps",
      paramLabel = "RATE",
      converter = Values.Fps.class,
      description = "Frames per second (default: the model's).")
  private @Nullable Double fps;

  public final Optional<Size> size() {
    return Optional.ofNullable(size);
  }

  public final OptionalDouble fps() {
    return fps == null ? OptionalDouble.empty() : OptionalDouble.of(fps);
  }

  /** How many frames; empty if that is not said. */
  public abstract OptionalInt frames();
}
