package io.zoetrope.app.cli;

import io.zoetrope.pipeline.Guide;
import picocli.CommandLine.Option;

/** How what is given is kept. */
public final class HoldOptions {
  /** As people type it. */
  enum How {
    plan,
    replacement,
    reconstruction
  }

  @Option(
      names = "--hold",
      paramLabel = "HOW",
      defaultValue = "plan",
      description = {
        "Given frames are held clean by the plan; or, for models that never saw clean frames beside"
            + " noisy ones, by replacement or by reconstruction guidance (default:"
            + " ${DEFAULT-VALUE})."
      })
  private How hold = How.plan;

  @Option(
      names = "--weight",
      paramLabel = "W",
      converter = Values.Guidance.class,
      defaultValue = "2",
      description = "Of reconstruction guidance (default: ${DEFAULT-VALUE}).")
  private double weight;

  /** The guidance around every clip. */
  public Guide guide() {
    return switch (hold) {
      case plan -> Guide.NONE;
      case replacement -> Guide.replacement();
      case reconstruction -> Guide.reconstruction(weight);
    };
  }

  /** What was asked for, for {@code --json}. */
  public String words() {
    return hold == How.reconstruction ? "reconstruction " + weight : hold.name();
  }
}
