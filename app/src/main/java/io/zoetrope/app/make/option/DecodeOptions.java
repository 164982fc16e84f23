package io.zoetrope.app.make.option;

import io.zoetrope.app.cli.option.Values;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How latents become frames. */
public final class DecodeOptions {
  @Option(
      names = "--decode-frames",
      paramLabel = "N",
      converter = Values.Frames.class,
      description =
          "Frames that are decoded at once, where the decoder sees several together as Stable Video"
              + " Diffusion's does (default: as many as memory holds).")
  private @Nullable Integer frames;

  /** As asked for. */
  public Optional<Integer> frames() {
    return Optional.ofNullable(frames);
  }
}
