package io.zoetrope.app.cli.option;

import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The seed of all randomness. */
public final class SeedOption {
  /** Drawn seeds are short enough to be read out and typed again. */
  private static final long DRAWN_BELOW = 1_000_000;

  @Option(
      names = {"-s", "--seed"},
      paramLabel = "N",
      converter = Values.Seed.class,
      description = "Same seed, same result. Without it, one is drawn and told.")
  private @Nullable Long seed;

  /** The seed asked for, or one drawn now. */
  public long value() {
    return seed == null ? ThreadLocalRandom.current().nextLong(DRAWN_BELOW) : seed;
  }

  /** The seed asked for, or this one. */
  public long or(long other) {
    return seed == null ? other : seed;
  }
}
