package io.zoetrope.spark;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * On which cluster, and how.
 *
 * @param master as Spark names it
 * @param threads cores of an executor, on which one task at a time runs; empty is up to the master
 * @param conf settings of Spark, which count more than ours
 */
public record SparkSettings(String master, OptionalInt threads, Map<String, String> conf) {
  private static final Pattern CLUSTER =
      Pattern.compile("local-cluster\\[\\s*\\d+\\s*,\\s*(\\d+)\\s*,\\s*\\d+\\s*]");
  private static final Pattern LOCAL = Pattern.compile("local\\[\\s*(\\d+|\\*).*]");

  public SparkSettings {
    conf = Map.copyOf(conf);
  }

  /** One of a master alone. */
  public static SparkSettings of(String master) {
    return new SparkSettings(master, OptionalInt.empty(), Map.of());
  }

  /** The master that {@code spark-submit} was told, else all cores of this process. */
  static String submitted() {
    return System.getProperty("spark.master", "local[*]");
  }

  /** This with a setting. */
  public SparkSettings with(String key, String value) {
    Map<String, String> more = new LinkedHashMap<>(conf);
    more.put(key, value);
    return new SparkSettings(master, threads, more);
  }

  /** This with a setting unless it has it. */
  public SparkSettings withDefault(String key, String value) {
    return conf.containsKey(key) || System.getProperty(key) != null ? this : with(key, value);
  }

  /** Whether tasks run in the driver's own process. */
  public boolean local() {
    return master.equals("local") || LOCAL.matcher(master).matches();
  }

  /** Cores of an executor. In the driver's own process all that the master gives it. */
  public int cores() {
    Matcher inside = LOCAL.matcher(master);
    if (master.equals("local")) {
      return 1;
    }
    if (inside.matches()) {
      String count = inside.group(1);
      return count.equals("*")
          ? Runtime.getRuntime().availableProcessors()
          : Integer.parseInt(count);
    }
    if (threads.isPresent()) {
      return threads.getAsInt();
    }
    String said =
        conf.getOrDefault("spark.executor.cores", System.getProperty("spark.executor.cores", ""));
    if (!said.isEmpty()) {
      return Integer.parseInt(said);
    }
    Matcher cluster = CLUSTER.matcher(master);
    return cluster.matches() ? Integer.parseInt(cluster.group(1)) : 1;
  }
}
