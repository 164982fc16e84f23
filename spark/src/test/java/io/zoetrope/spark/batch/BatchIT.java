package io.zoetrope.spark.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.spark.Clusters;
import io.zoetrope.spark.Sessions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small siblings of {@link BatchTrial} and {@link KillTrial}, on two executors of one cluster. */
class BatchIT {
  private static SparkSession spark;

  @BeforeAll
  static void open() {
    Tables.atHome();
    spark =
        Sessions.open(
            Clusters.two()
                .with("spark.task.maxFailures", "20")
                .with("spark.excludeOnFailure.enabled", "false")
                .with("spark.executor.extraJavaOptions", "-XX:TieredStopAtLevel=1"),
            "batches");
  }

  @AfterAll
  static void close() throws IOException {
    spark.close();
  }

  private static Batch batch(Path folder) {
    return new Batch(new Manifest(folder.resolve("out")), folder, 2, 2);
  }

  private static Batch.Outcome run(Path folder, List<Clip> clips) throws Exception {
    return batch(folder).run(spark, clips, () -> false, course -> {});
  }

  private static List<Clip> missing(Path folder, List<String> rows) throws IOException {
    return batch(folder).manifest().missing(spark, Tables.table(folder, rows).clips());
  }

  private static List<Row> rows(Path folder) {
    return batch(folder).manifest().rows(spark).orderBy("seed").collectAsList();
  }

  @Test
  void clipsEqualTheCommandLinesAndAreMadeOnce(@TempDir Path folder) throws Exception {
    List<String> six = Tables.small(0, 6);
    List<String> doubled = Stream.concat(six.stream(), six.stream()).toList();
    assertThat(run(folder, missing(folder, doubled))).isEqualTo(new Batch.Outcome(6, 0, 0));
    Tables.byCommandLine(folder, 0, 6, 8, 2);
    for (Row row : rows(folder)) {
      Path byHand = folder.resolve(row.getAs("seed") + ".mp4");
      Path made = folder.resolve("out").resolve(row.<String>getAs("path"));
      assertThat(Files.mismatch(made, byHand)).isEqualTo(-1);
      assertThat(row.<Integer>getAs("loads")).isEqualTo(1);
    }
    assertThat(missing(folder, six)).isEmpty();
    leave(folder.resolve("out/manifest"));
    List<Clip> more = missing(folder, Tables.small(0, 8));
    assertThat(run(folder, more)).isEqualTo(new Batch.Outcome(2, 0, 0));
    assertThat(rows(folder)).hasSize(8);
  }

  /** What a driver leaves that is killed before it commits: rows that Spark would commit later. */
  private static void leave(Path manifest) throws IOException {
    Path row;
    try (Stream<Path> files = Files.walk(manifest)) {
      row = files.filter(file -> file.toString().endsWith(".parquet")).findFirst().orElseThrow();
    }
    for (Path table : List.of(manifest, row.resolveSibling(""))) {
      Path task = Files.createDirectories(table.resolve("_temporary/0/task_0"));
      Files.copy(row, task.resolve("part-left.gz.parquet"));
    }
  }

  @Test
  void whatIsWrongIsARow(@TempDir Path folder) throws Exception {
    Files.write(folder.resolve("broken.mp4"), new byte[] {0, 0, 0, 24, 'f', 't', 'y', 'p', 1, 2});
    List<String> rows = new ArrayList<>(Tables.small(0, 1));
    rows.add("{\"prompt\": \"a red ball\", \"sizes\": 3}");
    rows.add(
        "{\"task\": {\"kind\": \"extend\", \"video\": {\"path\": \"broken.mp4\"}}, \"wish\":"
            + " {\"prompts\": [\"a red ball\"], \"seed\": 1, \"frames\": 12}, \"model\": {\"name\":"
            + " \"toybox\"}}");
    rows.add("{\"prompt\": \"a red ball\", \"seed\": 3, \"model\": \"nowhere\"}");
    assertThat(run(folder, missing(folder, rows))).isEqualTo(new Batch.Outcome(1, 0, 3));
    assertThat(rows(folder))
        .extracting(row -> row.<String>getAs("error"))
        .anySatisfy(error -> assertThat(error).contains("sizes"))
        .anySatisfy(error -> assertThat(error).contains("broken.mp4"))
        .anySatisfy(error -> assertThat(error).contains("nowhere"));
    assertThat(missing(folder, rows)).isEmpty();
    Manifest manifest = batch(folder).manifest();
    manifest.withoutErrors(spark, Tables.table(folder, rows).clips());
    assertThat(manifest.rows(spark).count()).isEqualTo(1);
    assertThat(missing(folder, rows)).hasSize(3);
  }

  @Test
  void aClipThatKillsItsExecutorsIsARowAndTheOthersAreMade(@TempDir Path folder) throws Exception {
    List<Clip> clips = missing(folder, Tables.small(0, 4));
    String victim = clips.get(1).key();
    Set<Path> killed = new HashSet<>();
    AtomicBoolean over = new AtomicBoolean();
    Thread killer =
        Thread.ofPlatform()
            .start(() -> {
              while (!over.get()) {
                killed.addAll(kill(Attempts.of(folder.resolve("out")).resolve(victim), killed));
              }
            });
    Batch.Outcome outcome = run(folder, clips);
    over.set(true);
    killer.join();
    assertThat(outcome.failed()).isEqualTo(1);
    assertThat(killed).hasSize(2);
    assertThat(rows(folder)).hasSize(4);
    for (Row row : rows(folder)) {
      boolean poison = row.<String>getAs("key").equals(victim);
      assertThat(row.<String>getAs("code")).isEqualTo(poison ? ClipMaker.POISON : "");
      if (!poison) {
        assertThat(folder.resolve("out").resolve(row.<String>getAs("path"))).exists();
      }
    }
  }

  /** kill -9 for those who have begun a clip, each once. */
  private static Set<Path> kill(Path attempts, Set<Path> before) {
    Set<Path> killed = new HashSet<>();
    try (Stream<Path> files = Files.list(attempts)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".begun")).toList()) {
        String pid = before.contains(file) ? "" : Files.readString(file);
        if (!pid.isEmpty()) {
          ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
          killed.add(file);
        }
      }
    } catch (NoSuchFileException e) {
      Thread.onSpinWait(); // not begun yet, or done
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return killed;
  }

  @Test
  void whatWasCancelledGoesOn(@TempDir Path folder) throws Exception {
    List<Clip> clips = missing(folder, Tables.small(0, 8));
    Path attempts = Attempts.of(folder.resolve("out"));
    assertThatThrownBy(
            () -> batch(folder).run(spark, clips, () -> done(attempts) >= 2, course -> {}))
        .isInstanceOf(CancellationException.class)
        .hasMessageContaining("of 8 clips");
    long finished = done(attempts);
    assertThat(missing(folder, Tables.small(0, 8))).hasSize(8);
    Batch.Outcome outcome = run(folder, clips);
    assertThat(outcome.reused()).isGreaterThanOrEqualTo(finished);
    assertThat(outcome.made() + outcome.reused()).isEqualTo(8);
    assertThat(outcome.failed()).isZero();
    assertThat(rows(folder)).extracting(row -> row.<Long>getAs("seed")).doesNotHaveDuplicates();
  }

  private static long done(Path attempts) {
    try (Stream<Path> files = Files.walk(attempts)) {
      return files.filter(file -> file.toString().endsWith(".done")).count();
    } catch (IOException e) {
      return 0;
    }
  }
}
