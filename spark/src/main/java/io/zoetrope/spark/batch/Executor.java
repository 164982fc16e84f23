package io.zoetrope.spark.batch;

import io.zoetrope.app.cli.option.FolderSources;
import io.zoetrope.app.cli.terminal.Cancellation;
import io.zoetrope.app.cli.terminal.Console;
import io.zoetrope.app.cli.terminal.Session;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.apache.spark.SparkEnv;

/** What there is once in the process of an executor. Only {@code NativeThread} works with it. */
final class Executor {
  private static final Map<Path, HeldModels> MODELS = new HashMap<>();
  private static int clips;

  private Executor() {}

  /**
   * Files from a folder on, and models where the command line would find them.
   *
   * @param base the working folder of the driver
   */
  static HeldModels models(Path base) {
    return MODELS.computeIfAbsent(base, Executor::opened);
  }

  private static HeldModels opened(Path base) {
    return new HeldModels(
        new FolderSources(
            new Session(Console.ofProcess(), new Cancellation(), base, System.getenv())));
  }

  /** One more clip is made. */
  static int count() {
    return ++clips;
  }

  /** Host, and which executor of it. */
  static String name() {
    try {
      return InetAddress.getLocalHost().getHostName() + "/" + SparkEnv.get().executorId();
    } catch (IOException e) {
      return "?/" + SparkEnv.get().executorId();
    }
  }

  /** On how many threads products are computed, as the environment says. */
  static int threads() {
    String said = System.getenv().getOrDefault("OMP_NUM_THREADS", "");
    return said.matches("\\d{1,4}")
        ? Integer.parseInt(said)
        : Runtime.getRuntime().availableProcessors();
  }

  /** The processor, by its name where the system says it. */
  static String machine() {
    return line("/proc/cpuinfo", "model name")
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .orElse(System.getProperty("os.arch", ""));
  }

  /** Bytes that this process holds; 0 where the system does not say. */
  static long resident() {
    return line("/proc/self/status", "VmRSS:")
        .map(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .orElse(0L);
  }

  private static java.util.Optional<String> line(String file, String begin) {
    try (Stream<String> lines = Files.lines(Path.of(file))) {
      return lines.filter(line -> line.startsWith(begin)).findFirst();
    } catch (IOException | java.io.UncheckedIOException e) {
      return java.util.Optional.empty();
    }
  }

  /** The GPU that Spark gave to the task, if it gave one. */
  static OptionalInt gpu(org.apache.spark.TaskContext task) {
    var gpu = task.resourcesJMap().get("gpu");
    return gpu == null || gpu.addresses().length == 0
        ? OptionalInt.empty()
        : OptionalInt.of(Integer.parseInt(gpu.addresses()[0]));
  }
}
