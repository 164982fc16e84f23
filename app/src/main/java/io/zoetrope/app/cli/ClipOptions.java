package io.zoetrope.app.cli;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The shape of a clip; what is not said is up to the command or its model. */
public final class ClipOptions {
  @Option(
      names = "--frames",
      paramLabel = "N",
      converter = Values.Frames.class,
      description = "Number of frames.")
  private @Nullable Integer frames;

  @Option(
      names = "--size",
      paramLabel = "WxH",
      converter = Size.Converter.class,
      description = "Width and height in pixels, both even.")
  private @Nullable Size size;

  @Option(
      names = "--fps",
      paramLabel = "RATE",
      converter = Values.Fps.class,
      description = "Frames per second.")
  private @Nullable Double fps;

  public OptionalInt frames() {
    return frames == null ? OptionalInt.empty() : OptionalInt.of(frames);
  }

  public Optional<Size> size() {
    return Optional.ofNullable(size);
  }

  public OptionalDouble fps() {
    return fps == null ? OptionalDouble.empty() : OptionalDouble.of(fps);
  }
}
