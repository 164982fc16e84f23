package io.zoetrope.jobs.queue;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.logging.LogLevel;
import com.github.kagkarlsson.scheduler.serializer.Serializer;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.ExecutionContext;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.CustomTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobId;
import io.zoetrope.jobs.JobState;
import io.zoetrope.jobs.JobsException;
import io.zoetrope.jobs.QueueState.Worker;
import io.zoetrope.jobs.Runner;
import io.zoetrope.jobs.store.JobTable;
import io.zoetrope.jobs.store.LeaseTable;
import io.zoetrope.jobs.store.LeaseTable.Lease;
import io.zoetrope.jobs.store.QueueTable;
import io.zoetrope.jobs.store.TaskTable;
import io.zoetrope.jobs.store.WorkerTable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes jobs from the queue as workers get free, and sees them through: one thread a worker. */
final class Supervisor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);
  private static final Duration POLL = Duration.ofSeconds(1);

  /** The job waits again, and goes first. */
  private static final CompletionHandler<Void> AGAIN =
      (complete, operations) -> operations.reschedule(complete, Instant.EPOCH);

  /** The job waits no more; if it does again, the sweep brings its task back. */
  private static final CompletionHandler<Void> OVER = new CompletionHandler.OnCompleteRemove<>();

  /** The job is somebody else's, and so is its task. */
  private static final CompletionHandler<Void> OTHERS = (complete, operations) -> {};

  private final Ledger ledger;
  private final JobsConfig config;
  private final Attempts attempts;
  private final List<Seat> seats;
  private final BlockingQueue<Seat> free;
  private final Map<JobId, Watched> running = new ConcurrentHashMap<>();
  private final AtomicInteger busy = new AtomicInteger();
  private final Scheduler scheduler;
  private volatile boolean draining;

  /** A worker and its name. */
  private record Seat(String name, Runner runner) {}

  Supervisor(Ledger ledger, JobsConfig config, Attempts attempts, List<Runner> runners) {
    this.ledger = ledger;
    this.config = config;
    this.attempts = attempts;
    this.seats =
        java.util.stream.IntStream.range(0, runners.size())
            .mapToObj(i -> new Seat(config.name() + "/" + i, runners.get(i)))
            .toList();
    this.free = new LinkedBlockingQueue<>(seats);
    Duration heartbeat = config.limits().heartbeat();
    CustomTask<Void> task =
        Tasks.custom(Schedule.RUN_JOB)
            // Its job is another's by now, or the sweep gives it a new task.
            .onDeadExecution(
                (complete, operations) -> forget(complete.getExecution().taskInstance.getId()))
            .onFailure((complete, operations) ->
                operations.reschedule(complete, ledger.database().now().plus(POLL)))
            .execute(this::execute);
    this.scheduler =
        Scheduler.create(ledger.database().connections(), task)
            .schedulerName(new SchedulerName.Fixed(config.name()))
            .jdbcCustomization(ledger.database().dialect().scheduling())
            .clock(ledger.database()::now)
            .serializer(new NoData())
            .threads(Math.max(1, seats.size()))
            .pollingInterval(POLL.compareTo(heartbeat) < 0 ? POLL : heartbeat)
            .pollUsingFetchAndLockOnExecute(0, 1)
            .heartbeatInterval(heartbeat)
            .missedHeartbeatsLimit(JobsConfig.Limits.MISSED)
            .shutdownMaxWait(Duration.ofSeconds(30))
            .failureLogging(LogLevel.WARN, true)
            .build();
  }

  /** Where tasks are put. */
  Scheduler scheduler() {
    return scheduler;
  }

  /** Begins to take jobs. */
  void start() {
    if (!seats.isEmpty()) {
      seats.forEach(seat -> say(seat, "idle", Optional.empty()));
      scheduler.start();
    }
  }

  /** There may be something to do. */
  void nudge() {
    if (!seats.isEmpty() && busy.get() < seats.size() && !draining) {
      scheduler.triggerCheckForDueExecutions();
    }
  }

  /** What is made here. */
  List<Watched> running() {
    return List.copyOf(running.values());
  }

  Optional<Watched> running(JobId id) {
    return Optional.ofNullable(running.get(id));
  }

  boolean works() {
    return !seats.isEmpty();
  }

  /** Begins nothing more. What is made gets so long, then goes back to the queue. */
  void drain(Duration patience) {
    draining = true;
    scheduler.pause();
    await(patience);
    running.values().forEach(Watched::stop);
    await(Duration.ofSeconds(30));
  }

  @Override
  public void close() {
    draining = true;
    scheduler.pause();
    running.values().forEach(Watched::stop);
    await(Duration.ofSeconds(2));
    seats.forEach(seat -> close(seat.runner()));
    if (!seats.isEmpty()) {
      await(Duration.ofSeconds(10));
      scheduler.stop();
    }
  }

  private CompletionHandler<Void> execute(TaskInstance<Void> task, ExecutionContext context) {
    if (busy.incrementAndGet() >= seats.size()) {
      scheduler.pause();
    }
    try {
      Seat seat = free.take();
      try {
        return execute(new JobId(task.getId()), seat);
      } finally {
        free.add(seat);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return AGAIN;
    } finally {
      busy.decrementAndGet();
      if (!draining) {
        scheduler.resume();
        scheduler.triggerCheckForDueExecutions();
      }
    }
  }

  private CompletionHandler<Void> execute(JobId id, Seat seat) throws InterruptedException {
    if (draining) {
      return AGAIN;
    }
    Optional<Lease> lease = claim(id);
    if (lease.isEmpty()) {
      return OVER;
    }
    Job job = ledger.database().read(c -> JobTable.find(c, id)).orElse(null);
    if (job == null) {
      return OVER;
    }
    Watched watched = new Watched(lease.get(), job);
    running.put(id, watched);
    say(seat, "busy", Optional.of(id));
    try {
      return switch (attempts.make(job, watched, seat.runner())) {
        case OVER -> OVER;
        case AGAIN -> AGAIN;
        case GHOST -> OTHERS;
      };
    } finally {
      running.remove(id, watched);
      say(seat, "idle", Optional.empty());
    }
  }

  private void forget(String id) {
    ledger.database().change(c -> TaskTable.remove(c, new JobId(id)));
  }

  private Optional<Lease> claim(JobId id) {
    Instant now = ledger.database().now();
    return ledger.write(c -> {
      if (QueueTable.paused(c)) {
        return Optional.empty();
      }
      Optional<Lease> lease =
          LeaseTable.claim(c, id, config.name(), now.plus(config.limits().lease()), now);
      if (lease.isPresent()) {
        QueueTable.reach(c, id);
        ledger.job(c, id, JobState.RUNNING);
      }
      return lease;
    });
  }

  private void say(Seat seat, String state, Optional<JobId> job) {
    Worker worker =
        new Worker(seat.name(), state, seat.runner().device(), job, ledger.database().now());
    try {
      boolean unused =
          ledger.write(c -> {
            WorkerTable.put(c, config.name(), worker);
            ledger.worker(c, worker);
            return true;
          });
    } catch (JobsException e) {
      LOG.warn("what worker {} does could not be written down: {}", seat.name(), e.getMessage());
    }
  }

  private void await(Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    try {
      while (busy.get() > 0 && System.nanoTime() < end) {
        Thread.sleep(20);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void close(Runner runner) {
    try {
      runner.close();
    } catch (RuntimeException e) {
      LOG.warn("a worker could not be closed", e);
    }
  }

  /** The scheduler keeps no data; what is not there need not be understood. */
  private static final class NoData implements Serializer {
    @Override
    public byte[] serialize(@Nullable Object data) {
      return new byte[0];
    }

    @Override
    public <T> @Nullable T deserialize(Class<T> type, byte[] bytes) {
      return null;
    }
  }
}
