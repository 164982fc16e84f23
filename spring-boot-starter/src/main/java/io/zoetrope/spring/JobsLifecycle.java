package io.zoetrope.spring;

import io.zoetrope.jobs.queue.StoredJobs;
import java.time.Duration;
import org.springframework.context.SmartLifecycle;

/** Begins jobs last and drains them first, while the rest of the application still stands. */
final class JobsLifecycle implements SmartLifecycle {
  private final StoredJobs jobs;
  private final Duration drain;
  private volatile boolean running;

  JobsLifecycle(StoredJobs jobs, Duration drain) {
    this.jobs = jobs;
    this.drain = drain;
  }

  @Override
  public void start() {
    StoredJobs unused = jobs.start();
    running = true;
  }

  @Override
  public void stop() {
    running = false;
    jobs.drain(drain);
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
