package io.zoetrope.app.cli;

import java.util.OptionalInt;
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

  public OptionalInt clip() {
    return clip == null ? OptionalInt.empty() : OptionalInt.of(clip);
  }

  public int overlap() {
    return overlap;
  }

  /**
   * The length of a clip.
   *
   * @param usual that of the model
   * @throws UsageError if so many frames cannot overlap
   */
  public int clip(int usual) {
    int length = clip().orElse(usual);
    if (overlap >= length) {
      throw new UsageError(
          "clips of %d frames overlap by 1 to %d of them, not %d: lower --overlap"
              .formatted(length, length - 1, overlap));
    }
    return length;
  }
}
