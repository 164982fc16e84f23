package io.zoetrope.jobs.kill;

import io.zoetrope.jobs.FakeRunner;
import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobId;
import io.zoetrope.jobs.JobProgress;
import io.zoetrope.jobs.JobRequest;
import io.zoetrope.jobs.JobsException;
import io.zoetrope.jobs.Runner;
import io.zoetrope.jobs.queue.JobsConfig;
import io.zoetrope.jobs.queue.StoredJobs;
import io.zoetrope.jobs.worker.WorkerProcess;
import io.zoetrope.jobs.worker.WorkerSettings;
import io.zoetrope.pipeline.order.VideoOrder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A process that takes jobs by lines of its standard input, {@code post KEY ORDER} and {@code
 * cancel ID}, and makes them. It answers {@code posted KEY ID} when a job is taken. It ends when it
 * is killed, or with its input.
 */
public final class Host {
  private Host() {}

  /**
   * How it works.
   *
   * @param store its folder
   * @param database its URL; empty for SQLite
   * @param name among all
   * @param worker {@code here:MILLIS} in this process, {@code stubborn:MILLIS} likewise but not to
   *     be stopped, {@code fake:MILLIS} in another, {@code real}, {@code none}
   */
  record Settings(Path store, Optional<String> database, String name, String worker) {
    List<String> args() {
      return List.of(store.toString(), database.orElse("-"), name, worker);
    }

    JobsConfig config() {
      return new JobsConfig(
          store,
          database,
          name,
          JobsConfig.Limits.USUAL
              .withHeartbeat(Duration.ofMillis(250))
              .withAttempts(1000)
              .withFree(0));
    }

    List<Runner> runners() {
      String[] parts = worker.split(":");
      return switch (parts[0]) {
        case "here" -> List.of(FakeRunner.of(Duration.ofMillis(Long.parseLong(parts[1]))));
        case "stubborn" ->
            List.of(new Stubborn(FakeRunner.of(Duration.ofMillis(Long.parseLong(parts[1])))));
        case "fake" -> List.of(new FakeWorker(parts[1]));
        case "real" -> List.of(new Real(new WorkerProcess(WorkerSettings.on("cpu"))));
        case "none" -> List.of();
        default -> throw new IllegalArgumentException(worker);
      };
    }
  }

  /** The process. */
  public static void main(String[] args) throws IOException {
    Settings settings =
        new Settings(
            Path.of(args[0]),
            Optional.of(args[1]).filter(url -> !url.equals("-")),
            args[2],
            args[3]);
    StoredJobs jobs = StoredJobs.open(settings.config(), settings.runners()).start();
    Processes.say("ready");
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] parts = line.split(" ", 3);
      switch (parts[0]) {
        case "post" -> post(jobs, parts[1], parts[2]);
        case "cancel" -> {
          Job unused = jobs.cancel(new JobId(parts[1]));
        }
        default -> throw new IllegalArgumentException(line);
      }
    }
    jobs.close();
  }

  private static void post(StoredJobs jobs, String key, String order) {
    try {
      Job job =
          jobs.submit(
              new JobRequest(
                  VideoOrder.parse("line", order),
                  Optional.empty(),
                  Optional.empty(),
                  Optional.empty(),
                  Optional.empty(),
                  Optional.empty(),
                  0,
                  Optional.of(key),
                  Optional.of("the same"),
                  Optional.empty()));
      Processes.say("posted " + key + " " + job.id());
    } catch (JobsException e) {
      Processes.say("refused " + key + " " + e.getMessage());
    }
  }

  /** Does not stop, whatever it is told. */
  private record Stubborn(Runner runner) implements Runner {
    @Override
    public Outcome run(Attempt attempt, Watch watch) throws InterruptedException {
      return runner.run(attempt, new Deaf(watch));
    }

    @Override
    public String device() {
      return runner.device();
    }

    @Override
    public void close() {
      runner.close();
    }
  }

  /** Tells, and does not listen. */
  private record Deaf(Runner.Watch watch) implements Runner.Watch {
    @Override
    public void shape(Job.Shape shape) {
      watch.shape(shape);
    }

    @Override
    public void progress(JobProgress progress) {
      watch.progress(progress);
    }

    @Override
    public void step(int row, int rows, double[] levels, long offset, int picture) {
      watch.step(row, rows, levels, offset, picture);
    }

    @Override
    public void frames(long finished) {
      watch.frames(finished);
    }

    @Override
    public void note(String line) {
      watch.note(line);
    }

    @Override
    public Runner.Signal signal() {
      return Runner.Signal.GO;
    }
  }

  /** The worker as it is, which tells of its process as {@link FakeWorker} does. */
  private record Real(WorkerProcess worker) implements Runner {
    @Override
    public Outcome run(Attempt attempt, Watch watch) throws InterruptedException {
      Thread teller =
          Thread.startVirtualThread(() -> {
            try {
              Optional<Long> pid = worker.pid();
              while (pid.isEmpty()) {
                Thread.sleep(10);
                pid = worker.pid();
              }
              Processes.say("worker " + pid.get());
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
      try {
        return worker.run(attempt, watch);
      } finally {
        teller.interrupt();
      }
    }

    @Override
    public String device() {
      return worker.device();
    }

    @Override
    public void close() {
      worker.close();
    }
  }
}
