package io.zoetrope.app.cli.option;

import io.zoetrope.media.Fit;
import picocli.CommandLine.Option;

/** What happens to a source whose shape is not that of the video. */
public class FitOption {
  /** As people type it. */
  enum How {
    crop,
    pad,
    stretch
  }

  @Option(
      names = "--fit",
      paramLabel = "HOW",
      defaultValue = "crop",
      description = {
        "A source of another shape: crop its middle, pad it with black bars, or stretch it"
            + " (default: ${DEFAULT-VALUE})."
      })
  private How fit = How.crop;

  public final Fit fit() {
    return switch (fit) {
      case crop -> Fit.CROP;
      case pad -> Fit.PAD;
      case stretch -> Fit.STRETCH;
    };
  }
}
