package io.zoetrope.jobs.queue;

import io.zoetrope.error.UserError;
import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobId;
import io.zoetrope.jobs.JobProgress;
import io.zoetrope.jobs.JobRequest;
import io.zoetrope.jobs.JobState;
import io.zoetrope.jobs.JobsException;
import io.zoetrope.jobs.JobsException.Kind;
import io.zoetrope.jobs.store.JobTable;
import io.zoetrope.jobs.store.KeyTable;
import io.zoetrope.jobs.store.QueueTable;
import io.zoetrope.pipeline.order.TaskSpec;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.record.RecordReader;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Takes jobs: their sources are there, all that chance decides is decided, and one transaction
 * writes job, inputs and key.
 */
final class Acceptance {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Ledger ledger;
  private final JobsConfig config;
  private final Sources sources;

  Acceptance(Ledger ledger, JobsConfig config, Sources sources) {
    this.ledger = ledger;
    this.config = config;
    this.sources = sources;
  }

  /**
   * What came of requests.
   *
   * @param jobs one for each request
   * @param added those of them that are new
   */
  record Accepted(List<Job> jobs, List<JobTable.Waiting> added) {}

  Accepted take(List<JobRequest> requests) {
    Optional<List<Job>> known = ledger.database().read(c -> known(c, requests));
    if (known.isPresent()) {
      return new Accepted(known.get(), List.of());
    }
    List<Sources.Settled> settled = requests.stream().map(this::settle).toList();
    return ledger.write(c -> take(c, requests, settled));
  }

  /** All of them, if all came before. */
  private static Optional<List<Job>> known(Connection from, List<JobRequest> requests)
      throws SQLException {
    List<Job> jobs = new ArrayList<>();
    for (JobRequest request : requests) {
      Optional<Job> job = before(from, request);
      if (job.isEmpty()) {
        return Optional.empty();
      }
      jobs.add(job.get());
    }
    return Optional.of(jobs);
  }

  private Accepted take(Connection to, List<JobRequest> requests, List<Sources.Settled> settled)
      throws SQLException {
    List<Job> jobs = new ArrayList<>();
    List<JobTable.Waiting> added = new ArrayList<>();
    long reached = QueueTable.lockTurn(to);
    Instant now = ledger.database().now();
    for (int i = 0; i < requests.size(); i++) {
      Optional<Job> before = before(to, requests.get(i));
      if (before.isPresent()) {
        jobs.add(before.get());
        continue;
      }
      requireRoom(to, requests.get(i).owner());
      JobTable.Taken taken = taken(to, requests.get(i), settled.get(i).order(), reached, now);
      JobTable.insert(to, taken);
      Sources.use(to, taken.job(), settled.get(i).inputs());
      if (requests.get(i).idempotencyKey().isPresent()) {
        KeyTable.add(
            to,
            requests.get(i).owner(),
            requests.get(i).idempotencyKey().get(),
            new KeyTable.Used(fingerprint(requests.get(i)), taken.job().id()),
            now);
      }
      ledger.job(to, taken.job().id(), JobState.QUEUED);
      jobs.add(taken.job());
      added.add(new JobTable.Waiting(taken.job().id(), taken.place()));
    }
    return new Accepted(jobs, added);
  }

  /** The job that a request with this key got. */
  private static Optional<Job> before(Connection from, JobRequest request) throws SQLException {
    if (request.idempotencyKey().isEmpty()) {
      return Optional.empty();
    }
    String key = request.idempotencyKey().get();
    Optional<KeyTable.Used> used = KeyTable.find(from, request.owner(), key);
    if (used.isEmpty()) {
      return Optional.empty();
    }
    if (!used.get().fingerprint().equals(fingerprint(request))) {
      throw new JobsException(
          Kind.KEY_REUSED,
          "the key '%s' was used for another request: take a new one".formatted(key));
    }
    return JobTable.find(from, used.get().job());
  }

  private static String fingerprint(JobRequest request) {
    return request.fingerprint().orElseGet(() -> request.order().toJson());
  }

  void requireRoom(Connection from, Optional<String> owner) throws SQLException {
    int all = JobTable.waiting(from, Optional.empty());
    if (all >= config.limits().queue()) {
      throw full("%s jobs wait already, which is all that the queue holds".formatted(all));
    }
    if (owner.isPresent() && JobTable.waiting(from, owner) >= config.limits().each()) {
      throw full(
          "%s jobs of yours wait already, which is all that one may have"
              .formatted(config.limits().each()));
    }
  }

  private static JobsException full(String why) {
    return new JobsException(Kind.QUEUE_FULL, why + ": try again later", Duration.ofSeconds(10));
  }

  private Sources.Settled settle(JobRequest request) {
    if (Math.abs(request.priority()) > Turns.MOST) {
      throw new JobsException(
          Kind.INVALID, "priority must be -100 to 100, is %s".formatted(request.priority()));
    }
    if (request.draftRows().orElse(1) < 1) {
      throw new JobsException(
          Kind.INVALID,
          "a draft walks 1 row or more, not %s".formatted(request.draftRows().orElse(0)));
    }
    return settle(request.order());
  }

  /** Sources and chance are settled. */
  Sources.Settled settle(VideoOrder order) {
    VideoOrder seeded =
        order.wish().seed().isPresent()
            ? order
            : order.withWish(order.wish().withSeed(Integer.toUnsignedLong(RANDOM.nextInt())));
    try {
      VideoOrder unused = VideoOrder.parse("order", seeded.toJson());
    } catch (UserError e) {
      throw new JobsException(Kind.INVALID, String.valueOf(e.getMessage()), e);
    }
    return sources.settle(seeded);
  }

  private static JobTable.Taken taken(
      Connection from, JobRequest request, VideoOrder order, long reached, Instant now)
      throws SQLException {
    Turns.Spot spot = Turns.next(from, reached, request.owner(), request.priority());
    Job job =
        new Job(
            JobId.next(),
            JobState.QUEUED,
            order,
            RecordReader.kind(TaskSpec.class, order.task().getClass()),
            Sources.shape(order),
            JobProgress.NONE,
            0,
            Optional.empty(),
            Optional.empty(),
            request.draftRows(),
            request.owner(),
            request.batch(),
            request.board(),
            false,
            "",
            request.remixedFrom(),
            request.priority(),
            List.of(),
            now,
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    return new JobTable.Taken(
        job, spot.place(), spot.turn(), request.fingerprint(), request.webhook());
  }
}
