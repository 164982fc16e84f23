package io.zoetrope.jobs.queue;

import io.zoetrope.jobs.JobId;
import io.zoetrope.jobs.store.LeaseTable;
import io.zoetrope.jobs.store.QueueTable;
import io.zoetrope.jobs.store.WorkerTable;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done again and again: the short beat writes down how far jobs are and hears whether they
 * are wanted; the long one says that this process lives, and looks for those that do not.
 */
final class Beats implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Beats.class);
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final Duration CLOCK = Duration.ofMinutes(1);

  private final Ledger ledger;
  private final JobsConfig config;
  private final Supervisor supervisor;
  private final Reporter reporter;
  private final Attempts attempts;
  private final Schedule schedule;
  private final Tidying tidying;
  private final ScheduledExecutorService thread =
      Executors.newScheduledThreadPool(
          2, Thread.ofPlatform().daemon().name("job-beats-", 0).factory());

  Beats(
      Ledger ledger,
      JobsConfig config,
      Supervisor supervisor,
      Reporter reporter,
      Attempts attempts,
      Schedule schedule,
      Tidying tidying) {
    this.ledger = ledger;
    this.config = config;
    this.supervisor = supervisor;
    this.reporter = reporter;
    this.attempts = attempts;
    this.schedule = schedule;
    this.tidying = tidying;
  }

  void start() {
    every(SHORT, this::shortBeat);
    every(config.limits().heartbeat(), this::longBeat);
    every(CLOCK, this::clockBeat);
  }

  @Override
  public void close() {
    thread.shutdownNow();
    try {
      if (!thread.awaitTermination(10, TimeUnit.SECONDS)) {
        LOG.warn("what is done again and again does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Something that may fail, and will be done again. */
  @FunctionalInterface
  private interface Beat {
    void run() throws IOException;
  }

  private void every(Duration pause, Beat beat) {
    var unused =
        thread.scheduleWithFixedDelay(
            () -> {
              try {
                beat.run();
              } catch (IOException | RuntimeException e) {
                if (!thread.isShutdown()) {
                  LOG.warn("will be tried again: {}", e.getMessage(), e);
                }
              }
            },
            pause.toMillis(),
            pause.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private void shortBeat() {
    supervisor.running().forEach(reporter::hear);
    supervisor.running().forEach(reporter::write);
    ledger.look();
  }

  private void longBeat() throws IOException {
    Instant now = ledger.database().now();
    Instant until = now.plus(config.limits().lease());
    for (Watched watched : supervisor.running()) {
      if (!ledger.database().write(c -> LeaseTable.renew(c, watched.lease(), until))) {
        reporter.hear(watched);
      }
    }
    boolean unused =
        ledger.write(c -> {
          WorkerTable.seen(c, config.name(), now);
          if (WorkerTable.lose(
              c, now.minus(config.limits().lease()), now.minus(Duration.ofHours(1)))) {
            ledger.queue(c);
          }
          return true;
        });
    sweep();
  }

  /** Jobs of the dead go back to the queue, and what waits has a task. */
  void sweep() throws IOException {
    for (JobId id : attempts.reap()) {
      schedule.remove(id);
    }
    if (!ledger.database().read(QueueTable::paused) && schedule.sweep() > 0) {
      supervisor.nudge();
    }
  }

  private void clockBeat() throws IOException {
    ledger.database().setClock();
    tidying.run();
  }
}
