package io.zoetrope.app.train;

import io.zoetrope.error.UserError;
import io.zoetrope.jobs.worker.ChildJvm;
import io.zoetrope.torch.ComputeThreads;
import io.zoetrope.torch.Gloo;
import io.zoetrope.torch.Hushed;
import io.zoetrope.train.World;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Processes of this machine that train with this one, which leads: each computes its share of every
 * batch, on its part of the processors.
 */
final class LocalWorkers implements AutoCloseable {
  /** Where they meet. */
  static final String HERE = "127.0.0.1";

  /** What one says when it is about to join. */
  static final String READY = "ready";

  private final List<Process> others = new ArrayList<>();
  private final Gloo gloo;

  /**
   * Starts them and waits until all are there.
   *
   * @param workers with this one, 2 or more
   * @param heap of Java in each
   * @param task what {@link LocalWorker} is to do
   * @throws UserError if one of them does not start; what it said is on stderr
   */
  LocalWorkers(int workers, String heap, LocalWorker.Task task) {
    int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / workers);
    ComputeThreads.limit(threads);
    boolean met = false;
    try (Gloo.Meeting meeting = Gloo.open(HERE)) {
      for (int rank = 1; rank < workers; rank++) {
        others.add(start(heap, threads, task.arguments(meeting.port(), rank, workers)));
      }
      for (Process other : others) {
        awaitReady(other);
      }
      gloo = Hushed.during(() -> meeting.join(HERE, workers));
      met = true;
    } finally {
      if (!met) {
        others.forEach(Process::destroyForcibly);
      }
    }
  }

  private static Process start(String heap, int threads, List<String> arguments) {
    String number = String.valueOf(threads);
    ChildJvm jvm =
        new ChildJvm(
            LocalWorker.class,
            List.of("-Xmx" + heap),
            arguments,
            Map.of("OMP_NUM_THREADS", number, "OPENBLAS_NUM_THREADS", number));
    try {
      return jvm.builder().redirectError(ProcessBuilder.Redirect.INHERIT).start();
    } catch (IOException e) {
      throw new UncheckedIOException("a worker does not start", e);
    }
  }

  private static void awaitReady(Process worker) {
    try {
      BufferedReader out =
          new BufferedReader(
              new InputStreamReader(worker.getInputStream(), StandardCharsets.UTF_8));
      String line = out.readLine();
      while (line != null && !line.equals(READY)) {
        line = out.readLine();
      }
      if (line == null) {
        throw new UserError("a worker ended before it began, as it says above");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("a worker does not answer", e);
    }
  }

  /** All of them together. */
  World world() {
    return World.ranks(gloo, World.USUAL_COMPARISONS);
  }

  /** Waits a little for the others, who end when this one does; then ends them. */
  @Override
  public void close() {
    gloo.close();
    try {
      for (Process other : others) {
        if (!other.waitFor(10, TimeUnit.SECONDS)) {
          other.destroyForcibly();
        }
      }
    } catch (InterruptedException e) {
      others.forEach(Process::destroyForcibly);
      Thread.currentThread().interrupt();
    }
  }
}
