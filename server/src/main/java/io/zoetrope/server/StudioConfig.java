package io.zoetrope.server;

import io.zoetrope.jobs.queue.JobsConfig;
import io.zoetrope.jobs.worker.WorkerSettings;
import io.zoetrope.server.hooks.HookConfig;
import io.zoetrope.server.http.ServerConfig;
import java.util.List;

/**
 * How a studio is started.
 *
 * @param server where it listens, and whom it lets in
 * @param jobs where they are kept
 * @param workers one for each that computes; none if others do, on the same database
 * @param hooks whom it tells of jobs that are over
 * @param paused whether the queue stands at first
 */
public record StudioConfig(
    ServerConfig server,
    JobsConfig jobs,
    List<WorkerSettings> workers,
    HookConfig hooks,
    boolean paused) {
  public StudioConfig {
    workers = List.copyOf(workers);
  }

  /** With one worker, telling nobody. */
  public static StudioConfig of(ServerConfig server, JobsConfig jobs) {
    return new StudioConfig(
        server, jobs, List.of(WorkerSettings.USUAL), HookConfig.NONE, /* paused= */ false);
  }

  public StudioConfig withWorkers(List<WorkerSettings> others) {
    return new StudioConfig(server, jobs, others, hooks, paused);
  }

  public StudioConfig withHooks(HookConfig others) {
    return new StudioConfig(server, jobs, workers, others, paused);
  }

  public StudioConfig withPaused(boolean other) {
    return new StudioConfig(server, jobs, workers, hooks, other);
  }
}
