package io.zoetrope.app.make.option;

import io.zoetrope.diffusion.Course;
import picocli.CommandLine.Option;

/** How a picture comes down from its noise. */
public final class CourseOption {
  /** As people type it. */
  enum How {
    wait,
    fall
  }

  @Option(
      names = "--course",
      paramLabel = "HOW",
      defaultValue = "wait",
      description = {
        "How the picture comes down from its --noise: wait until the other frames are as low, or"
            + " fall in proportion to them from the first step on, as Pusa's LoRA was trained"
            + " (default: ${DEFAULT-VALUE})."
      })
  private How course = How.wait;

  public Course course() {
    return switch (course) {
      case wait -> Course.WAIT;
      case fall -> Course.FALL;
    };
  }
}
