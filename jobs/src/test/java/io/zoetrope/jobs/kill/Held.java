package io.zoetrope.jobs.kill;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A {@link Host} from outside. */
final class Held implements AutoCloseable {
  private final Process process;
  private final ConcurrentHashMap<String, String> posted;
  private final CountDownLatch ready = new CountDownLatch(1);
  private final AtomicLong worker = new AtomicLong();

  private Held(Process process, ConcurrentHashMap<String, String> posted) {
    this.process = process;
    this.posted = posted;
  }

  /**
   * Starts one.
   *
   * @param posted takes the ids of jobs by their keys, as they are answered
   */
  static Held start(Host.Settings settings, ConcurrentHashMap<String, String> posted)
      throws IOException {
    Process process = Processes.java(Host.class, settings.args().toArray(String[]::new)).start();
    Held held = new Held(process, posted);
    Thread.ofVirtual().start(held::listen);
    return held;
  }

  long pid() {
    return process.pid();
  }

  /** Of its worker's process, if it has one. */
  Optional<Long> worker() {
    return Optional.of(worker.get()).filter(pid -> pid != 0);
  }

  boolean ready(long millis) throws InterruptedException {
    return ready.await(millis, TimeUnit.MILLISECONDS);
  }

  boolean alive() {
    return process.isAlive();
  }

  /** Whether it could be told. */
  boolean send(String line) {
    try {
      Writer to = process.outputWriter(StandardCharsets.UTF_8);
      to.write(line + "\n");
      to.flush();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  void kill() throws InterruptedException {
    int unused = process.destroyForcibly().waitFor();
  }

  void killWorker() {
    worker().flatMap(ProcessHandle::of).ifPresent(ProcessHandle::destroyForcibly);
  }

  /** Lets it end by itself. */
  @Override
  public void close() throws InterruptedException, IOException {
    process.outputWriter(StandardCharsets.UTF_8).close();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      kill();
    }
  }

  private void listen() {
    BufferedReader from = process.inputReader(StandardCharsets.UTF_8);
    try {
      for (String line = from.readLine(); line != null; line = from.readLine()) {
        String[] parts = line.split(" ", 3);
        switch (parts[0]) {
          case "ready" -> ready.countDown();
          case "worker" -> worker.set(Long.parseLong(parts[1]));
          case "posted" -> {
            String before = posted.putIfAbsent(parts[1], parts[2]);
            if (before != null && !before.equals(parts[2])) {
              throw new IllegalStateException("two jobs for key " + parts[1]);
            }
          }
          default -> System.err.println("host: " + line);
        }
      }
    } catch (IOException e) {
      ready.countDown(); // it is gone
    }
  }
}
