package io.zoetrope.app.make.option;

import io.zoetrope.app.cli.option.Values;
import io.zoetrope.app.cli.words.UsageError;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Steps in which the network is not asked. */
public final class CacheOptions {
  @Option(
      names = "--easy-cache",
      paramLabel = "T",
      converter = Values.CacheThreshold.class,
      description = {
        "EasyCache: do not ask the network where it is about to say what it said before; T is how far"
            + " off that may be, as in 0.05. Faster, and not quite the same video."
      })
  private @Nullable Double easy;

  @Option(
      names = "--tea-cache",
      paramLabel = "T",
      converter = Values.CacheThreshold.class,
      description = {
        "TeaCache, for transformers: the same by how much what its first block is given has changed;"
            + " T as in 0.1."
      })
  private @Nullable Double tea;

  private void requireOne() {
    if (easy != null && tea != null) {
      throw new UsageError(
          "--easy-cache and --tea-cache each say which steps are left out: take one");
    }
  }

  Optional<Double> easy() {
    requireOne();
    return Optional.ofNullable(easy);
  }

  Optional<Double> tea() {
    requireOne();
    return Optional.ofNullable(tea);
  }
}
