package io.zoetrope.spark;

import io.zoetrope.app.cli.words.UsageError;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a command of {@code zoetrope spark} runs: to be mixed into each. */
public final class SparkOptions {
  @Option(
      names = "--master",
      paramLabel = "URL",
      description = {
        "The cluster: local[*], local-cluster[N,CORES,MB], spark://HOST:PORT, yarn, k8s://URL."
            + " Without it, spark-submit's, or local[*]."
      })
  private @Nullable String master;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Cores of one executor, which makes one thing at a time on all of them.")
  private @Nullable Integer threads;

  @Option(
      names = "--conf",
      paramLabel = "KEY=VALUE",
      description = "A setting of Spark, which counts more than ours. May be repeated.")
  private List<String> conf = List.of();

  /** As values. */
  public SparkSettings settings() {
    if (threads != null && threads < 1) {
      throw new UsageError("--threads: must be 1 or more, is " + threads);
    }
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String pair : conf) {
      int at = pair.indexOf('=');
      if (at < 1) {
        throw new UsageError("--conf: '%s' is not KEY=VALUE".formatted(pair));
      }
      pairs.put(pair.substring(0, at).strip(), pair.substring(at + 1).strip());
    }
    String named = master == null ? SparkSettings.submitted() : master;
    return new SparkSettings(
        named, threads == null ? OptionalInt.empty() : OptionalInt.of(threads), pairs);
  }
}
