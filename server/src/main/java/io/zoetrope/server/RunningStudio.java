package io.zoetrope.server;

import io.zoetrope.jobs.Runner;
import io.zoetrope.jobs.queue.StoredJobs;
import io.zoetrope.jobs.worker.Descriptions;
import io.zoetrope.jobs.worker.MediaLimits;
import io.zoetrope.jobs.worker.MediaProcess;
import io.zoetrope.jobs.worker.WorkerProcess;
import io.zoetrope.jobs.worker.WorkerSettings;
import io.zoetrope.server.api.ApiRoutes;
import io.zoetrope.server.hooks.Hooks;
import io.zoetrope.server.http.RouteGroup;
import io.zoetrope.server.page.PageRoutes;
import io.zoetrope.server.videos.VideoRoutes;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * All processes of a studio: this one with its jobs and its server, workers that compute, and one
 * that opens strangers' files.
 */
public final class RunningStudio implements AutoCloseable {
  private final StoredJobs jobs;
  private final ZoetropeServer server;
  private final ApiRoutes api;
  private final Deque<AutoCloseable> others;

  private RunningStudio(
      StoredJobs jobs, ZoetropeServer server, ApiRoutes api, Deque<AutoCloseable> others) {
    this.jobs = jobs;
    this.server = server;
    this.api = api;
    this.others = others;
  }

  /**
   * Starts one.
   *
   * @throws io.zoetrope.error.UserError if the address cannot be listened on
   * @throws io.zoetrope.jobs.JobsException if the store or the database will not do
   */
  public static RunningStudio start(StudioConfig config) {
    Deque<AutoCloseable> opened = new ArrayDeque<>();
    try {
      StoredJobs jobs = StoredJobs.open(config.jobs(), runners(config.workers()));
      opened.push(jobs);
      MediaProcess media = new MediaProcess(MediaLimits.USUAL);
      opened.push(media);
      Descriptions descriptions = new Descriptions();
      opened.push(descriptions);
      if (config.paused()) {
        jobs.pause();
      }
      Hooks hooks = Hooks.start(jobs, config.hooks(), job -> ApiRoutes.told(job, jobs));
      opened.push(hooks);
      ApiRoutes api = new ApiRoutes(jobs, media, descriptions, hooks);
      List<RouteGroup> groups =
          List.of(
              api,
              new VideoRoutes(jobs, media, new DescribedModels(descriptions)),
              new PageRoutes());
      ZoetropeServer server = ZoetropeServer.start(config.server(), jobs, groups);
      opened.push(server);
      jobs.start();
      opened.remove(server);
      opened.remove(jobs);
      return new RunningStudio(jobs, server, api, opened);
    } catch (RuntimeException e) {
      closeAll(opened, e);
      throw e;
    }
  }

  private static List<Runner> runners(List<WorkerSettings> workers) {
    List<Runner> runners = new ArrayList<>();
    workers.forEach(settings -> runners.add(new WorkerProcess(settings)));
    return runners;
  }

  /** Where a browser on this machine finds it. */
  public URI uri() {
    return server.uri();
  }

  /** Its jobs. */
  public StoredJobs jobs() {
    return jobs;
  }

  /**
   * Takes no more, finishes what is made, and says good-bye to those who look on.
   *
   * @param patience how long what is made may go on before it goes back to the queue
   */
  public void drain(Duration patience) {
    jobs.drain(patience);
    api.close();
  }

  /** Stops at once. Jobs that are made go back to the queue. */
  @Override
  public void close() {
    api.close();
    others.push(jobs);
    others.push(server);
    RuntimeException failed = new RuntimeException("the studio could not be closed");
    closeAll(others, failed);
    if (failed.getSuppressed().length > 0) {
      throw failed;
    }
  }

  private static void closeAll(Deque<AutoCloseable> opened, RuntimeException failed) {
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        failed.addSuppressed(e);
      }
    }
  }
}
