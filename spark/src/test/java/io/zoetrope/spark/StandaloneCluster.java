package io.zoetrope.spark;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A standalone master with workers on this machine, as processes that can be killed. */
public final class StandaloneCluster implements AutoCloseable {
  private static final String HOST = "127.0.0.1";

  private final Path folder;
  private final String url;
  private final List<Process> processes = new ArrayList<>();

  private StandaloneCluster(Path folder, int port) {
    this.folder = folder;
    url = "spark://%s:%s".formatted(HOST, port);
  }

  /**
   * Starts one.
   *
   * @param folder for logs and the workers' files
   * @param workers how many
   * @param cores of each
   */
  public static StandaloneCluster start(Path folder, int workers, int cores) throws Exception {
    int port = freePort();
    StandaloneCluster cluster = new StandaloneCluster(folder, port);
    Files.createDirectories(folder);
    cluster.java(
        "master",
        "org.apache.spark.deploy.master.Master",
        "--host",
        HOST,
        "--port",
        String.valueOf(port),
        "--webui-port",
        "0");
    cluster.await(port);
    for (int i = 0; i < workers; i++) {
      cluster.java(
          "worker-" + i,
          "org.apache.spark.deploy.worker.Worker",
          "--host",
          HOST,
          "--cores",
          String.valueOf(cores),
          "--memory",
          "4g",
          "--webui-port",
          "0",
          "--work-dir",
          folder.resolve("work-" + i).toString(),
          cluster.url);
    }
    return cluster;
  }

  /** Settings that lead to it. */
  public SparkSettings settings() {
    return Clusters.quick(url);
  }

  /** Where its master listens. */
  public String url() {
    return url;
  }

  /** The executors that live, those of the first worker first. */
  public List<ProcessHandle> executors() {
    return processes.stream()
        .skip(1)
        .flatMap(Process::children)
        .filter(child -> !commandLine(child).contains(".deploy.worker."))
        .toList();
  }

  private static String commandLine(ProcessHandle process) {
    return process.info().arguments().map(words -> String.join(" ", words)).orElse("");
  }

  /** kill -9, as the system does when memory is short. */
  public static void kill(ProcessHandle process) {
    process.destroyForcibly();
  }

  private void java(String name, String main, String... arguments) throws IOException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Stream<String> head =
        Stream.of(
            java.toString(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            Clusters.home().resolve("jars") + "/*",
            main);
    ProcessBuilder builder =
        new ProcessBuilder(Stream.concat(head, Arrays.stream(arguments)).toList());
    builder.environment().put("SPARK_HOME", Clusters.home().toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.13");
    builder.redirectErrorStream(true);
    builder.redirectOutput(folder.resolve(name + ".log").toFile());
    processes.add(builder.start());
  }

  private void await(int port) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (System.nanoTime() < end && processes.getFirst().isAlive()) {
      try (Socket ignored = new Socket(HOST, port)) {
        return;
      } catch (IOException e) {
        Thread.sleep(100);
      }
    }
    throw new IllegalStateException("no master: see " + folder);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() throws Exception {
    for (Process process : processes.reversed()) {
      List<ProcessHandle> below = process.descendants().toList();
      process.destroy();
      below.forEach(ProcessHandle::destroy);
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
      below.forEach(ProcessHandle::destroyForcibly);
    }
  }
}
