package io.zoetrope.jobs.worker;

import io.zoetrope.jobs.Runner;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes jobs in a process of its own, one at a time: what kills it costs one job. The process is
 * started when it is first needed, keeps the last model loaded, is started anew when it is gone,
 * and ends when this process does.
 *
 * <p>An attempt that is to stop stops at its next step. One that does not within the time of two
 * steps, at most 30 seconds, is killed with its process.
 */
public final class WorkerProcess implements Runner {
  private static final Duration LOOK = Duration.ofMillis(100);

  private final WorkerSettings settings;
  private volatile String device;
  private volatile @Nullable ChildProcess child;
  private volatile boolean closed;

  /** Starts nothing yet. */
  public WorkerProcess(WorkerSettings settings) {
    this.settings = settings;
    device = settings.device();
  }

  @Override
  public Outcome run(Attempt attempt, Watch watch) throws InterruptedException {
    ChildProcess worker;
    try {
      worker = running();
    } catch (IOException e) {
      return new Lost("no worker can be started: " + e.getMessage());
    }
    boolean ended = false;
    try {
      worker.send(Wire.line(Ask.Make.of(attempt)));
      Outcome outcome = followed(worker, new Stopping(worker, System::nanoTime), watch);
      ended = true;
      return outcome;
    } catch (ChildProcess.Gone e) {
      return new Lost(closed ? "the worker was closed" : String.valueOf(e.getMessage()));
    } finally {
      if (!ended) {
        worker.close();
      }
    }
  }

  private synchronized ChildProcess running() throws IOException {
    if (closed) {
      throw new IOException("it is closed");
    }
    ChildProcess there = child;
    if (there == null || !there.alive()) {
      there = ChildProcess.start("worker", jvm());
      child = there;
    }
    return there;
  }

  private ChildJvm jvm() {
    List<String> flags =
        Stream.concat(Stream.of("-Xms48m", "-Xmx" + settings.heap()), settings.flags().stream())
            .toList();
    return new ChildJvm(
        WorkerMain.class, flags, List.of(settings.device()), settings.environment());
  }

  private Outcome followed(ChildProcess worker, Stopping stopping, Watch watch)
      throws InterruptedException, ChildProcess.Gone {
    while (true) {
      Optional<Tell> told;
      try {
        told = worker.next(LOOK).flatMap(Wire::tell);
      } catch (ChildProcess.Gone e) {
        return stopping.gone().orElseThrow(() -> e);
      }
      Optional<Outcome> outcome = told.flatMap(tell -> heard(tell, stopping, watch));
      if (outcome.isPresent()) {
        return outcome.get();
      }
      stopping.look(watch.signal());
    }
  }

  /** Hands on what a worker tells; says when that was the end. */
  private Optional<Outcome> heard(Tell told, Stopping stopping, Watch watch) {
    switch (told) {
      case Tell.Ready ready -> device = ready.device();
      case Tell.Step step -> stopping.stepped();
      default -> {}
    }
    return Relay.pass(told, watch);
  }

  @Override
  public String device() {
    return device;
  }

  /** The process by its number; empty while there is none. */
  public Optional<Long> pid() {
    ChildProcess there = child;
    return there != null && there.alive() ? Optional.of(there.pid()) : Optional.empty();
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    ChildProcess there = child;
    if (there != null) {
      there.close();
    }
  }
}
