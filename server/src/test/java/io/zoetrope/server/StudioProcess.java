package io.zoetrope.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A studio of its own processes, and what these hold of the system. */
final class StudioProcess implements AutoCloseable {
  private final Process process;
  private final URI uri;
  private final long startMillis;

  private StudioProcess(Process process, URI uri, long startMillis) {
    this.process = process;
    this.uri = uri;
    this.startMillis = startMillis;
  }

  /** Starts one and waits until it says where it is. */
  static StudioProcess start(Path store, String... limits) throws IOException {
    return start("1g", store, limits);
  }

  /**
   * Starts one.
   *
   * @param heap that its server may have, as {@code 64m}
   */
  static StudioProcess start(String heap, Path store, String... limits) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xms48m",
                "-Xmx" + heap,
                "--enable-native-access=ALL-UNNAMED",
                "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                "-Dorg.bytedeco.javacpp.maxBytes=0",
                "-cp",
                System.getProperty("java.class.path"),
                ServeMain.class.getName(),
                store.toString()));
    command.addAll(List.of(limits));
    long began = System.nanoTime();
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line = out.readLine();
    while (line != null && !line.startsWith("http")) {
      line = out.readLine();
    }
    if (line == null) {
      throw new IOException("it did not start");
    }
    // Whoever writes to a pipe that nobody reads stands still.
    Thread.ofPlatform().daemon().start(() -> out.lines().forEach(unread -> {}));
    return new StudioProcess(process, URI.create(line), (System.nanoTime() - began) / 1_000_000);
  }

  URI uri() {
    return uri;
  }

  /** Until it listened. */
  long startMillis() {
    return startMillis;
  }

  /**
   * What its processes hold.
   *
   * @param kilobytes that are resident
   * @param handles files and sockets that are open
   */
  record Held(long kilobytes, long handles, long threads) {}

  /** Of each process by its name: the server, the worker, the one for media. */
  Map<String, Held> held() throws IOException {
    Map<String, Held> all = new TreeMap<>();
    all.put("server", held(process.pid()));
    for (ProcessHandle child : process.descendants().toList()) {
      String line =
          Files.readString(Path.of("/proc", String.valueOf(child.pid()), "cmdline"))
              .replace('\0', ' ');
      Optional<String> main =
          Stream.of("WorkerMain", "MediaMain").filter(line::contains).findFirst();
      if (main.isPresent()) {
        all.put(main.get(), held(child.pid()));
      }
    }
    return all;
  }

  /** Kilobytes of its server's objects that live, after all others were collected. */
  long live() throws IOException {
    Process asked =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                String.valueOf(process.pid()),
                "GC.class_histogram")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(asked.getInputStream(), StandardCharsets.UTF_8))) {
      String total =
          lines.lines().filter(line -> line.startsWith("Total")).findFirst().orElse("Total 0 0");
      return Long.parseLong(total.strip().split("\\s+")[2]) / 1000;
    }
  }

  private static Held held(long pid) throws IOException {
    Path proc = Path.of("/proc", String.valueOf(pid));
    String status = Files.readString(proc.resolve("status"));
    try (Stream<Path> handles = Files.list(proc.resolve("fd"))) {
      return new Held(field(status, "VmRSS:"), handles.count(), field(status, "Threads:"));
    }
  }

  private static long field(String status, String name) {
    return status
        .lines()
        .filter(line -> line.startsWith(name))
        .map(line -> Long.valueOf(line.replaceAll("[^0-9]", "")))
        .findFirst()
        .orElse(0L);
  }

  @Override
  public void close() throws IOException, InterruptedException {
    process.getOutputStream().close();
    process.waitFor();
  }
}
