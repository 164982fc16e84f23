package io.zoetrope.jobs.kill;

import io.zoetrope.jobs.FakeRunner;
import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobProgress;
import io.zoetrope.jobs.Runner;
import io.zoetrope.record.Json;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * {@link FakeRunner} in a process of its own, which is begun anew when it is gone and ends when its
 * standard input does. One line asks for an attempt, lines tell of it.
 */
final class FakeWorker implements Runner {
  private final String millis;
  private @Nullable Process process;

  FakeWorker(String millis) {
    this.millis = millis;
  }

  /** What is told: one of step, done, stopped. */
  record Told(
      String what, int row, int rows, Job.@Nullable Result result, Job.@Nullable Shape shape) {}

  @Override
  public Outcome run(Attempt attempt, Watch watch) throws InterruptedException {
    try {
      Process worker = running();
      BufferedWriter to = worker.outputWriter(StandardCharsets.UTF_8);
      to.write(Attempts.line(attempt));
      to.newLine();
      to.flush();
      BufferedReader from = worker.inputReader(StandardCharsets.UTF_8);
      for (String line = from.readLine(); line != null; line = from.readLine()) {
        Told told = Json.MAPPER.readValue(line, Told.class);
        if (told.result() != null && told.shape() != null) {
          return new Done(told.result(), told.shape(), List.of("made by a fake"));
        }
        watch.step(told.row(), told.rows(), new double[] {1.0}, 0, told.row());
        if (watch.signal() == Signal.STOP) {
          worker.destroyForcibly().waitFor();
          return new Stopped();
        }
      }
      return new Lost("its process has ended");
    } catch (IOException e) {
      return new Lost("its process does not answer: " + e.getMessage());
    }
  }

  private synchronized Process running() throws IOException {
    Process now = process;
    if (now == null || !now.isAlive()) {
      now = Processes.java(FakeWorker.class, millis).start();
      process = now;
      Processes.say("worker " + now.pid());
    }
    return now;
  }

  @Override
  public String device() {
    return "fake";
  }

  @Override
  public synchronized void close() {
    if (process != null) {
      process.destroyForcibly();
    }
  }

  /** The process. */
  public static void main(String[] args) throws IOException, InterruptedException {
    BlockingQueue<String> asked = new LinkedBlockingQueue<>();
    Thread.ofPlatform().daemon().start(() -> listen(asked));
    FakeRunner runner = FakeRunner.of(Duration.ofMillis(Long.parseLong(args[0])));
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    while (true) {
      Attempt attempt = Attempts.attempt(asked.take());
      Outcome outcome = runner.run(attempt, new Telling(out));
      if (outcome instanceof Done done) {
        tell(out, new Told("done", 0, 0, done.result(), done.shape()));
      } else {
        throw new IllegalStateException("a fake ends as " + outcome);
      }
    }
  }

  private static void listen(BlockingQueue<String> asked) {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        asked.add(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      Runtime.getRuntime().halt(0); // nobody wants the rest
    }
  }

  private static void tell(PrintStream out, Told told) {
    out.println(Json.MAPPER.writeValueAsString(told));
  }

  /** Tells of steps; is never stopped but by being killed. */
  private record Telling(PrintStream out) implements Watch {
    @Override
    public void shape(Job.Shape shape) {}

    @Override
    public void progress(JobProgress progress) {}

    @Override
    public void step(int row, int rows, double[] levels, long offset, int picture) {
      tell(out, new Told("step", row, rows, null, null));
    }

    @Override
    public void frames(long finished) {}

    @Override
    public void note(String line) {}

    @Override
    public Signal signal() {
      return Signal.GO;
    }
  }
}
