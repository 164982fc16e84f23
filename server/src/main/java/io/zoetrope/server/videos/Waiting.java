package io.zoetrope.server.videos;

import io.javalin.http.Context;
import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobError;
import io.zoetrope.jobs.JobId;
import io.zoetrope.jobs.JobState;
import io.zoetrope.jobs.Jobs;
import io.zoetrope.server.http.HangUp;
import io.zoetrope.server.http.HttpError;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Waits for a job in the request that ordered it. Who hangs up does not want it any more. */
final class Waiting {
  private static final int LOOK_MILLIS = 250;

  /** Errors that are nobody's fault but the server's. */
  private static final Set<String> OURS = Set.of("internal", "worker_lost");

  private final Jobs jobs;
  private final Duration most;

  Waiting(Jobs jobs, Duration most) {
    this.jobs = jobs;
    this.most = most;
  }

  /**
   * Waits until it is over.
   *
   * @throws HttpError if it cannot be made, or takes too long
   */
  Optional<Job> until(Context ctx, JobId id) throws InterruptedException {
    HangUp caller = HangUp.of(ctx);
    Semaphore news = new Semaphore(0);
    long end = System.nanoTime() + most.toNanos();
    Runnable deaf = jobs.listen(event -> news.release());
    try {
      while (true) {
        news.drainPermits();
        Job job = jobs.require(id);
        if (job.state().over()) {
          return Optional.of(job);
        }
        if (caller.gone()) {
          jobs.cancel(id);
          return Optional.empty();
        }
        if (System.nanoTime() > end) {
          throw HttpError.unavailable(
              "timeout", "it is not made yet: ask for " + id, Duration.ofSeconds(30));
        }
        boolean unused = news.tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      }
    } finally {
      deaf.run();
    }
  }

  /** Why there is no video, as an answer. */
  static HttpError failed(Job job) {
    JobError error =
        job.error().orElseGet(() -> JobError.of("internal", "it failed, and nobody knows why"));
    boolean ours = job.state() == JobState.FAILED && OURS.contains(error.code());
    HttpError answer = HttpError.of(ours ? 500 : 400, error.code(), error.message());
    return error.param().map(answer::about).orElse(answer);
  }
}
