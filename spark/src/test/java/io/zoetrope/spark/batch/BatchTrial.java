package io.zoetrope.spark.batch;

import io.zoetrope.spark.Clusters;
import io.zoetrope.spark.Sessions;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Many clips on two executors: are they those of the command line, is each made once, does each
 * executor load its model once, and is its memory the same behind the tenth clip and the last?
 * Arguments: a new folder, and how many clips.
 */
final class BatchTrial {
  /** Of heap that is resident from the beginning: what is beyond it is native. */
  private static final long HEAP = 1L << 30;

  private static final PrintStream OUT = System.out;

  private BatchTrial() {}

  public static void main(String[] args) throws Exception {
    Path folder = Files.createDirectories(Path.of(args[0]).toAbsolutePath());
    int clips = Integer.parseInt(args[1]);
    Tables.atHome();
    Manifest manifest = new Manifest(folder.resolve("out"));
    try (SparkSession spark =
        Sessions.open(
            Clusters.two()
                .with("spark.executor.extraJavaOptions", "-Xms1g -XX:+AlwaysPreTouch")
                .with("spark.task.maxFailures", "20"),
            "trial")) {
      Batch batch = new Batch(manifest, folder, 2, 2);
      say("first", run(batch, spark, folder, clips));
      say("second", run(batch, spark, folder, clips));
      say("20 more", run(batch, spark, folder, clips + 20));
      List<Row> rows = manifest.rows(spark).where("seed < " + clips).collectAsList();
      Tables.byCommandLine(folder, 0, clips, 8, 2);
      int equal = 0;
      for (Row row : rows) {
        Path made = manifest.root().resolve(row.<String>getAs("path"));
        equal += Files.mismatch(made, folder.resolve(row.getAs("seed") + ".mp4")) == -1 ? 1 : 0;
      }
      OUT.printf("equal to the command line's to the bit: %s of %s%n", equal, rows.size());
      memory(manifest.rows(spark).collectAsList());
    }
  }

  private static Batch.Outcome run(Batch batch, SparkSession spark, Path folder, int clips)
      throws Exception {
    long start = System.nanoTime();
    Table table = Tables.table(folder, Tables.small(0, clips));
    List<Clip> missing = batch.manifest().missing(spark, table.clips());
    Batch.Outcome outcome =
        missing.isEmpty()
            ? new Batch.Outcome(0, 0, 0)
            : batch.run(spark, missing, () -> false, course -> {});
    OUT.printf("%.1f s; ", (System.nanoTime() - start) / 1e9);
    return outcome;
  }

  private static void say(String what, Batch.Outcome outcome) {
    OUT.printf("%s run: %s%n", what, outcome);
  }

  private static void memory(List<Row> rows) {
    Map<String, TreeMap<Integer, Row>> workers = new TreeMap<>();
    rows.forEach(row ->
        workers
            .computeIfAbsent(row.getAs("worker"), name -> new TreeMap<>())
            .put(row.getAs("nth"), row));
    workers.forEach((name, clips) -> {
      int last = clips.lastKey();
      double early = nativeBytes(clips, Math.min(10, last));
      double late = nativeBytes(clips, last);
      OUT.printf(
          "%s: %s clips, %s loads, native memory %.1f MB behind clip 10, %.1f behind clip %s: %+.2f %%%n",
          name,
          last,
          clips.lastEntry().getValue().<Integer>getAs("loads"),
          early / 1e6,
          late / 1e6,
          last,
          100 * (late / early - 1));
    });
  }

  private static double nativeBytes(TreeMap<Integer, Row> clips, int nth) {
    return clips.ceilingEntry(nth).getValue().<Long>getAs("resident") - HEAP;
  }
}
