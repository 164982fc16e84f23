package io.zoetrope.spark;

/** What Spark logs: warnings of others are no business of a person at a terminal. */
final class SparkLogs {
  private static final String KEY = "log4j2.configurationFile";
  private static final String OURS = "classpath:io/zoetrope/spark/log4j2.properties";

  /** For a Java that runs executors. */
  static final String FLAG = "-D" + KEY + "=" + OURS;

  private SparkLogs() {}

  /** Errors only, unless somebody configured it; to be called before anything of Spark is. */
  static void quiet() {
    if (System.getProperty(KEY) == null) {
      System.setProperty(KEY, OURS);
    }
  }
}
