package io.zoetrope.spark.latents;

import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.train.latents.LatentEncoder;
import java.util.Optional;

/**
 * The encoder of this process: it stays loaded until another one is wanted. Only {@link
 * io.zoetrope.spark.NativeThread} works with it.
 */
final class HeldEncoder {
  /** One and what it was loaded from. */
  private record Held(ModelChoice choice, LatentEncoder encoder) {}

  private static Optional<Held> held = Optional.empty();
  private static int loads;

  private HeldEncoder() {}

  static LatentEncoder of(ModelChoice choice) {
    if (held.isEmpty() || !held.get().choice.equals(choice)) {
      held.ifPresent(other -> other.encoder.close());
      held = Optional.empty();
      held = Optional.of(new Held(choice, LatentEncoder.load(choice)));
      loads++;
    }
    return held.get().encoder;
  }

  /** How many were loaded so far. */
  static int loads() {
    return loads;
  }
}
