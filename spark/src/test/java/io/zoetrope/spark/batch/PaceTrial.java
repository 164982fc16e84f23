package io.zoetrope.spark.batch;

import io.zoetrope.spark.Clusters;
import io.zoetrope.spark.Sessions;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;

/**
 * Two executors with one thread each against one with two, in turns and behind a warm-up: what do
 * they make in a second? Arguments: a new folder, clips of a turn, turns.
 */
final class PaceTrial {
  private static final PrintStream OUT = System.out;

  private PaceTrial() {}

  public static void main(String[] args) throws Exception {
    Path folder = Files.createDirectories(Path.of(args[0]).toAbsolutePath());
    int clips = Integer.parseInt(args[1]);
    int turns = Integer.parseInt(args[2]);
    Tables.atHome();
    double apart = 0;
    double together = 0;
    for (int turn = 0; turn < turns; turn++) {
      apart += seconds("local-cluster[2,1,1024]", folder.resolve("apart-" + turn), clips);
      together += seconds("local-cluster[1,2,1024]", folder.resolve("together-" + turn), clips);
    }
    OUT.printf(
        "2 x 1 thread: %.3f clips/s; 1 x 2 threads: %.3f clips/s; ratio %.3f%n",
        turns * clips / apart, turns * clips / together, together / apart);
  }

  private static double seconds(String master, Path folder, int clips) throws Exception {
    Files.createDirectories(folder);
    Batch batch = new Batch(new Manifest(folder.resolve("out")), folder, 2, 2);
    try (SparkSession spark = Sessions.open(Clusters.quick(master), "pace")) {
      run(batch, spark, folder, 1_000_000, 8);
      long start = System.nanoTime();
      run(batch, spark, folder, 0, clips);
      double seconds = (System.nanoTime() - start) / 1e9;
      OUT.printf("%s: %s clips in %.1f s%n", master, clips, seconds);
      return seconds;
    }
  }

  private static void run(Batch batch, SparkSession spark, Path folder, int from, int clips)
      throws Exception {
    Table table = Tables.table(folder, Tables.rows(from, from + clips, 16, 8));
    Batch.Outcome outcome = batch.run(spark, table.clips(), () -> false, course -> {});
    if (outcome.made() != clips) {
      throw new IllegalStateException(outcome.toString());
    }
  }
}
