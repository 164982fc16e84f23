package io.zoetrope.app.make.option;

import io.zoetrope.app.cli.option.Values;
import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.pipeline.order.Hold;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How what is given is kept. */
public final class HoldOptions {
  private static final double USUAL_WEIGHT = 2;

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
      description = "Of reconstruction guidance (default: 2).")
  private @Nullable Double weight;

  /** What was asked for; empty is by the plan. */
  public Optional<Hold> hold() {
    if (weight != null && hold != How.reconstruction) {
      throw new UsageError("--weight goes with --hold reconstruction");
    }
    return switch (hold) {
      case plan -> Optional.empty();
      case replacement -> Optional.of(new Hold.Replacement());
      case reconstruction -> Optional.of(new Hold.Reconstruction(weight()));
    };
  }

  private double weight() {
    return weight == null ? USUAL_WEIGHT : weight;
  }

  /** The same in words, for {@code --json}. */
  public String words() {
    return hold == How.reconstruction ? "reconstruction " + weight() : hold.name();
  }
}
