package io.zoetrope.server.videos;

import io.javalin.http.Context;
import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobId;
import io.zoetrope.jobs.JobRequest;
import io.zoetrope.jobs.JobState;
import io.zoetrope.jobs.Jobs;
import io.zoetrope.server.http.Caller;
import io.zoetrope.server.http.HttpError;
import io.zoetrope.server.http.Sha256;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Hands orders to the jobs. A client that repeats a request for which it got no answer gets the
 * first job: by its key, or, if it sends none but says that it repeats, by what it asks for.
 */
final class Submission {
  private static final Duration REPEATED = Duration.ofMinutes(2);
  private static final Pattern COUNT = Pattern.compile("[1-9]\\d{0,2}");
  private static final int LONGEST_KEY = 255;

  private final Jobs jobs;
  private final Ignored ignored;
  private final Object[] locks = new Object[64];

  Submission(Jobs jobs, Ignored ignored) {
    this.jobs = jobs;
    this.ignored = ignored;
    for (int i = 0; i < locks.length; i++) {
      locks[i] = new Object();
    }
  }

  Job submit(Context ctx, Orders.Ordered ordered, Optional<JobId> remixed) {
    Optional<String> owner = Caller.of(ctx).token();
    Optional<String> key = key(ctx);
    String print = print(ctx.path(), ordered);
    synchronized (locks[Math.floorMod(print.hashCode(), locks.length)]) {
      if (key.isEmpty() && repeats(ctx)) {
        Optional<Job> first =
            jobs.latest(owner, print, REPEATED).filter(job -> job.state() != JobState.CANCELLED);
        if (first.isPresent()) {
          return first.get();
        }
      }
      Job job =
          jobs.submit(
              new JobRequest(
                  ordered.order(),
                  owner,
                  ordered.draftRows(),
                  Optional.empty(),
                  Optional.empty(),
                  remixed,
                  0,
                  key,
                  Optional.of(print),
                  Optional.empty()));
      ignored.put(job.id(), ordered.ignored());
      return job;
    }
  }

  private static Optional<String> key(Context ctx) {
    String key = ctx.header("Idempotency-Key");
    if (key == null || key.isBlank()) {
      return Optional.empty();
    }
    if (key.length() > LONGEST_KEY) {
      throw HttpError.invalid(
          "Idempotency-Key", "the key has more than %s characters".formatted(LONGEST_KEY));
    }
    return Optional.of(key);
  }

  private static boolean repeats(Context ctx) {
    String count = ctx.header("X-Stainless-Retry-Count");
    return count != null && COUNT.matcher(count).matches();
  }

  /** The same for the same wish: uploads are in the order by their hash. */
  private static String print(String path, Orders.Ordered ordered) {
    return Sha256.of(path + "\n" + ordered.draftRows().orElse(0) + "\n" + ordered.order().toJson());
  }
}
