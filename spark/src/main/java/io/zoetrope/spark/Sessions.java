package io.zoetrope.spark;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/**
 * Makes sessions in which each executor holds one model: it has so many cores and runs one task at
 * a time on all of them, with libtorch's threads to match.
 */
public final class Sessions {
  /** Flags of every Java that computes. */
  private static final String FLAGS =
      String.join(
          " ",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-Dorg.bytedeco.javacpp.maxBytes=0",
          "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
          "-XX:+UseSerialGC",
          "-Djava.awt.headless=true",
          "-Dai.djl.offline=true",
          SparkLogs.FLAG);

  private Sessions() {}

  /**
   * A session; to be closed.
   *
   * @param name of the application, as the cluster shows it
   */
  public static SparkSession open(SparkSettings settings, String name) {
    SparkLogs.quiet();
    SparkConf conf = new SparkConf();
    conf.setAppName(name).setMaster(settings.master());
    settings.conf().forEach(conf::set);
    usual(settings).forEach(conf::setIfMissing);
    SparkSession session = SparkSession.builder().config(conf).getOrCreate();
    return session;
  }

  /** What we want unless somebody says otherwise. */
  static Map<String, String> usual(SparkSettings settings) {
    int cores = settings.cores();
    Map<String, String> usual = new LinkedHashMap<>();
    usual.put("spark.task.cpus", String.valueOf(cores));
    usual.put("spark.plugins", NativesPlugin.class.getName());
    // It would do the dearest work twice.
    usual.put("spark.speculation", "false");
    usual.put("spark.task.maxFailures", "4");
    usual.put("spark.excludeOnFailure.enabled", "true");
    usual.put("spark.ui.showConsoleProgress", "false");
    // Read without Hadoop too.
    usual.put("spark.sql.parquet.compression.codec", "gzip");
    if (settings.local()) {
      usual.put("spark.ui.enabled", "false");
      return usual;
    }
    usual.put("spark.executor.cores", String.valueOf(cores));
    usual.put("spark.executor.memory", "1g");
    usual.put("spark.executor.defaultJavaOptions", flags());
    usual.put("spark.executor.extraClassPath", classPath());
    usual.put("spark.executorEnv.OMP_NUM_THREADS", String.valueOf(cores));
    usual.put("spark.executorEnv.OPENBLAS_NUM_THREADS", String.valueOf(cores));
    usual.put("spark.executorEnv.OMP_WAIT_POLICY", "passive");
    // As the launcher sets them, and for the same reasons (docs/memory.md).
    usual.put("spark.executorEnv.MALLOC_ARENA_MAX", "1");
    usual.put("spark.executorEnv.MALLOC_MMAP_THRESHOLD_", "1073741824");
    usual.put("spark.executorEnv.MALLOC_TRIM_THRESHOLD_", "1073741824");
    return usual;
  }

  /** Models that came with zoetrope are found from its folder on. */
  private static String flags() {
    String home = System.getProperty("zoetrope.home");
    return home == null ? FLAGS : FLAGS + " \"-Dzoetrope.home=%s\"".formatted(home);
  }

  /**
   * This process's, without what Spark brings: an installation that lies at the same place on every
   * machine.
   */
  private static String classPath() {
    String home = System.getenv().getOrDefault("SPARK_HOME", "");
    Path jars = Path.of(home, "jars").toAbsolutePath().normalize();
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(part -> !part.isEmpty())
        .map(part -> Path.of(part).toAbsolutePath().normalize())
        .filter(part -> home.isEmpty() || !part.startsWith(jars))
        .map(Path::toString)
        .collect(Collectors.joining(File.pathSeparator));
  }
}
