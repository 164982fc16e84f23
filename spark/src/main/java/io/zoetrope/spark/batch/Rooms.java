package io.zoetrope.spark.batch;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.model.MemoryNeed;
import io.zoetrope.spark.SparkSettings;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.network.util.JavaUtils;

/** Memory of executors beside Java's heap, where weights and activations are. */
final class Rooms {
  private static final String OVERHEAD = "spark.executor.memoryOverhead";
  private static final Pattern CLUSTER = Pattern.compile("local-cluster\\[\\s*(\\d+)\\s*,.*]");

  private Rooms() {}

  /**
   * Settings in which the dearest clip has room.
   *
   * @param need of it, in bytes
   * @param available bytes of this machine; empty where nobody knows
   * @throws UserError if the settings, or this machine, would have executors killed
   */
  static SparkSettings of(SparkSettings settings, long need, OptionalLong available) {
    Matcher cluster = CLUSTER.matcher(settings.master());
    long here = settings.local() ? 1 : cluster.matches() ? Long.parseLong(cluster.group(1)) : 0;
    if (here > 0 && available.isPresent() && here * need > available.getAsLong()) {
      throw new UserError(
          Fault.TOO_LARGE,
          "%s by %s at once, and %s are free"
              .formatted(gigabytes(need), here, gigabytes(available.getAsLong())),
          here == 1
              ? "ask for fewer or smaller frames"
              : "take fewer executors, or ask for smaller videos");
    }
    long megabytes = Math.ceilDiv(need, 1L << 20);
    String said = settings.conf().getOrDefault(OVERHEAD, System.getProperty(OVERHEAD, ""));
    if (said.isEmpty()) {
      return settings.local() ? settings : settings.with(OVERHEAD, megabytes + "m");
    }
    if (parsed(said) < megabytes) {
      throw new UserError(
          Fault.TOO_LARGE,
          "the dearest clip takes %s beside Java's heap, and %s=%s would have its executor killed"
              .formatted(gigabytes(need), OVERHEAD, said),
          "say %sm, or leave it out".formatted(megabytes));
    }
    return settings;
  }

  private static long parsed(String said) {
    try {
      return JavaUtils.byteStringAsMb(said);
    } catch (NumberFormatException e) {
      throw new UserError("%s=%s is no size: as in 4g".formatted(OVERHEAD, said), e);
    }
  }

  private static String gigabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
  }

  /** What this machine has. */
  static OptionalLong available() {
    return MemoryNeed.available();
  }
}
