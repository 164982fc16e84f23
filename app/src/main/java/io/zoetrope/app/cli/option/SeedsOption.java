package io.zoetrope.app.cli.option;

import io.zoetrope.app.cli.words.UsageError;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The seeds of as many videos. */
public final class SeedsOption {
  /** Drawn seeds are short enough to be read out and typed again. */
  private static final long DRAWN_BELOW = 1_000_000;

  @Option(
      names = {"-s", "--seed"},
      paramLabel = "N",
      converter = Values.Seeds.class,
      description = {
        "Same seed, same result. 1..8 or 1,5,9 makes a video by each. Without it, one is drawn and"
            + " told."
      })
  private Values.@Nullable SeedList seeds;

  @Option(
      names = {"-n", "--count"},
      paramLabel = "N",
      converter = Values.Videos.class,
      description = {
        "Make N videos, by this seed and those after it, and a sheet of them (default: 1)."
      })
  private @Nullable Integer count;

  /** Those asked for, or one drawn now and those after it. */
  public List<Long> values() {
    return from(ThreadLocalRandom.current().nextLong(DRAWN_BELOW));
  }

  /** Those asked for, or this one and those after it. */
  public List<Long> from(long other) {
    if (count == null) {
      return seeds == null ? List.of(other) : seeds.values();
    }
    if (seeds != null && seeds.values().size() > 1) {
      throw new UsageError("--seed with several seeds says how many: leave out --count");
    }
    long first = seeds == null ? other : seeds.values().getFirst();
    if (first > Long.MAX_VALUE - count) {
      throw new UsageError("--seed %s is too large for %s videos".formatted(first, count));
    }
    return LongStream.range(first, first + count).boxed().toList();
  }
}
