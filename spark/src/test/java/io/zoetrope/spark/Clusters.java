package io.zoetrope.spark;

import java.nio.file.Path;

/** Clusters for tests. */
public final class Clusters {
  private Clusters() {}

  /**
   * Two executors in processes of their own, of one core each. Wants {@code SPARK_HOME} and {@code
   * SPARK_SCALA_VERSION}, which Maven sets for tests.
   */
  public static SparkSettings two() {
    return quick("local-cluster[2,1,1024]");
  }

  /** Any other, without what tests have no use for. */
  public static SparkSettings quick(String master) {
    return SparkSettings.of(master)
        .with("spark.ui.enabled", "false")
        .with("spark.sql.shuffle.partitions", "2")
        .with("spark.driver.host", "127.0.0.1")
        .with("spark.driver.bindAddress", "127.0.0.1");
  }

  /** Spark's folder. */
  public static Path home() {
    String home = System.getenv("SPARK_HOME");
    if (home == null) {
      throw new IllegalStateException("SPARK_HOME is not set: run by Maven");
    }
    return Path.of(home);
  }

  /** The checkout. */
  public static Path checkout() {
    Path here = Path.of("").toAbsolutePath();
    return here.endsWith("spark") ? here.resolve("..").normalize() : here;
  }
}
