package io.zoetrope.spark.batch;

import io.zoetrope.spark.Clusters;
import io.zoetrope.spark.Sessions;
import io.zoetrope.spark.SparkMain;
import io.zoetrope.spark.StandaloneCluster;
import io.zoetrope.torch.FileDigest;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Executors of a standalone cluster are killed in mid-clip, and once the driver: is there one row a
 * key, and a whole file for each row? Arguments: a new folder, clips, kills.
 */
final class KillTrial {
  private static final PrintStream OUT = System.out;

  private final Path folder;
  private final Path out;
  private final Random random = new Random(7);
  private final Set<String> killed = new HashSet<>();

  private KillTrial(Path folder) {
    this.folder = folder;
    out = folder.resolve("out");
  }

  public static void main(String[] args) throws Exception {
    Path folder = Files.createDirectories(Path.of(args[0]).toAbsolutePath());
    Tables.atHome();
    boolean good = new KillTrial(folder).run(Integer.parseInt(args[1]), Integer.parseInt(args[2]));
    System.exit(good ? 0 : 1);
  }

  private boolean run(int clips, int kills) throws Exception {
    Files.write(folder.resolve("table.jsonl"), Tables.rows(0, clips, 8, 12));
    long start = System.nanoTime();
    try (StandaloneCluster cluster = StandaloneCluster.start(folder.resolve("cluster"), 2, 1)) {
      Process driver = driver(cluster.url());
      int done = 0;
      boolean driverKilled = false;
      while (done < kills) {
        if (!driver.isAlive()) {
          throw new IllegalStateException("the driver ended before " + kills + " kills");
        }
        done += killOne(done);
        if (done == kills / 2 && !driverKilled) {
          driver.destroyForcibly().waitFor();
          driverKilled = true;
          OUT.printf("killed the driver; rows by then: %s, clips finished: %s%n", 0, finished());
          driver = driver(cluster.url());
        }
      }
      int code = driver.waitFor();
      OUT.printf(
          "%s executors killed in mid-clip, the driver once; it ended with %s, %.0f s%n",
          done, code, (System.nanoTime() - start) / 1e9);
      OUT.print(Files.readString(folder.resolve("driver.log")));
    }
    return checked(clips);
  }

  /** Whoever makes a clip that was not killed before, a moment into it. */
  private int killOne(int done) throws Exception {
    Thread.sleep(2000);
    Optional<Path> mark = marks().stream().filter(this::fresh).findFirst();
    if (mark.isEmpty()) {
      return 0;
    }
    String pid = Files.readString(mark.get());
    Thread.sleep(random.nextInt(400));
    if (pid.isEmpty() || !Files.exists(mark.get())) {
      return 0;
    }
    boolean sent =
        ProcessHandle.of(Long.parseLong(pid)).map(ProcessHandle::destroyForcibly).orElse(false);
    Thread.sleep(200);
    if (!sent || !Files.exists(mark.get())) {
      return 0;
    }
    killed.add(key(mark.get()));
    OUT.printf("killed %s: executor %s in clip %.8s%n", done + 1, pid, key(mark.get()));
    return 1;
  }

  private boolean fresh(Path mark) {
    String[] beside = mark.resolveSibling("").toFile().list();
    return !killed.contains(key(mark)) && beside != null && beside.length == 1;
  }

  private static String key(Path mark) {
    return String.valueOf(mark.resolveSibling("").getFileName());
  }

  private List<Path> marks() {
    return attempts(".begun");
  }

  private int finished() {
    return attempts(".done").size();
  }

  private List<Path> attempts(String ending) {
    try (Stream<Path> files = Files.walk(Attempts.of(out))) {
      return files.filter(file -> file.toString().endsWith(ending)).toList();
    } catch (IOException | java.io.UncheckedIOException e) {
      return List.of();
    }
  }

  private Process driver(String master) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-Dzoetrope.home=" + Clusters.checkout());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(SparkMain.class.getName());
    command.addAll(List.of("generate", "--in", folder.resolve("table.jsonl").toString()));
    command.addAll(List.of("--out", out.toString(), "--master", master));
    command.addAll(List.of("--conf", "spark.driver.host=127.0.0.1"));
    command.addAll(List.of("--conf", "spark.ui.enabled=false"));
    File log = folder.resolve("driver.log").toFile();
    return new ProcessBuilder(command)
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
        .start();
  }

  private boolean checked(int clips) throws Exception {
    Manifest manifest = new Manifest(out);
    Map<String, Integer> rows = new HashMap<>();
    int whole = 0;
    int wrong = 0;
    try (SparkSession spark = Sessions.open(Clusters.quick("local[1]"), "check")) {
      for (Row row : manifest.rows(spark).collectAsList()) {
        rows.merge(row.getAs("key"), 1, Integer::sum);
        Path file = out.resolve(row.<String>getAs("path"));
        boolean same =
            row.<String>getAs("code").isEmpty()
                && FileDigest.of(file).equals(row.<String>getAs("sha256"));
        whole += same ? 1 : 0;
        wrong += same ? 0 : 1;
      }
      int code =
          SparkMain.cli(Tables.session(folder))
              .run("sweep", "--out", out.toString(), "--older", "0");
      long left;
      try (Stream<Path> files = Files.walk(out.resolve("clips"))) {
        left = files.filter(Files::isRegularFile).count();
      }
      boolean once = rows.size() == clips && rows.values().stream().allMatch(n -> n == 1);
      OUT.printf(
          "%s keys, one row each: %s; rows with their whole file: %s, without: %s; sweep ended with"
              + " %s, files left: %s%n",
          rows.size(), once, whole, wrong, code, left);
      return once && wrong == 0 && left == whole;
    }
  }
}
