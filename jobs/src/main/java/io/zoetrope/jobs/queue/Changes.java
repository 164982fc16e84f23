package io.zoetrope.jobs.queue;

import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobChange;
import io.zoetrope.jobs.JobError;
import io.zoetrope.jobs.JobId;
import io.zoetrope.jobs.JobState;
import io.zoetrope.jobs.JobsException;
import io.zoetrope.jobs.JobsException.Kind;
import io.zoetrope.jobs.store.JobTable;
import io.zoetrope.jobs.store.QueueTable;
import io.zoetrope.jobs.store.TaskTable;
import io.zoetrope.pipeline.order.VideoOrder;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What people do to jobs that were taken. */
final class Changes {
  private static final Logger LOG = LoggerFactory.getLogger(Changes.class);

  private final Ledger ledger;
  private final Acceptance acceptance;
  private final Folders folders;

  Changes(Ledger ledger, Acceptance acceptance, Folders folders) {
    this.ledger = ledger;
    this.acceptance = acceptance;
    this.folders = folders;
  }

  static JobsException missing(JobId id) {
    return new JobsException(Kind.NOT_FOUND, "there is no job %s".formatted(id));
  }

  void change(JobId id, JobChange change) {
    Optional<Sources.Settled> settled = change.order().map(acceptance::settle);
    boolean fresh =
        ledger.write(c -> {
          Job job = lock(c, id);
          if (settled.isPresent()) {
            order(c, job, settled.get());
          }
          if (change.position().isPresent()) {
            move(c, job, change.position().get());
          }
          VideoOrder order = settled.map(Sources.Settled::order).orElse(job.order());
          JobTable.label(
              c,
              id,
              order,
              change
                  .board()
                  .map(board -> Optional.of(board).filter(b -> !b.isEmpty()))
                  .orElse(job.board()),
              change.star().orElse(job.star()),
              change.note().orElse(job.note()));
          ledger.job(c, id, job.state());
          return settled.isPresent();
        });
    if (fresh) {
      deleteFiles(id);
    }
  }

  /**
   * Whether it was over by that; if not, whoever makes it has to stop.
   *
   * @return whether its task is to go
   */
  boolean cancel(JobId id) {
    boolean over =
        ledger.write(c -> {
          Job job = lock(c, id);
          switch (job.state()) {
            case QUEUED -> {
              JobTable.cancel(
                  c, id, JobError.of("cancelled", "it was cancelled"), ledger.database().now());
              ledger.job(c, id, JobState.CANCELLED);
              return true;
            }
            case RUNNING -> JobTable.cancelling(c, id);
            case DRAFT, COMPLETED, FAILED, CANCELLED -> {
              return false;
            }
          }
          ledger.job(c, id, JobState.RUNNING);
          return false;
        });
    if (over) {
      Optional<Job> job = ledger.database().read(c -> JobTable.find(c, id));
      if (job.isPresent() && job.get().result().isEmpty()) {
        deleteFiles(id);
      }
    }
    return over;
  }

  JobTable.Waiting retry(JobId id) {
    return ledger.write(c -> {
      Job job = lock(c, id);
      if (job.state() != JobState.FAILED && job.state() != JobState.CANCELLED) {
        throw new JobsException(
            Kind.INVALID,
            "only what failed or was cancelled can be tried again; job %s is %s"
                .formatted(id, job.state().text()));
      }
      return again(c, job);
    });
  }

  JobTable.Waiting finish(JobId id) {
    return ledger.write(c -> {
      Job job = lock(c, id);
      if (job.state() != JobState.DRAFT) {
        throw new JobsException(
            Kind.INVALID,
            "only a draft can be finished; job %s is %s".formatted(id, job.state().text()));
      }
      JobTable.finish(c, id);
      return again(c, job);
    });
  }

  /** Whether nothing is left of it; if not, whoever makes it has to stop first. */
  boolean delete(JobId id) {
    boolean over =
        ledger.write(c -> {
          Job job = lock(c, id);
          if (job.state() == JobState.RUNNING) {
            JobTable.gone(c, id);
          } else {
            JobTable.delete(c, id);
          }
          ledger.removed(c, id);
          return job.state() != JobState.RUNNING;
        });
    if (over) {
      deleteFiles(id);
    }
    return over;
  }

  /** Whether that changed something. */
  boolean pause(boolean paused) {
    return ledger.write(c -> {
      boolean changed = QueueTable.pause(c, paused);
      if (changed) {
        ledger.queue(c);
      }
      return changed;
    });
  }

  private static Job lock(Connection on, JobId id) throws SQLException {
    return JobTable.lock(on, id).orElseThrow(() -> missing(id));
  }

  private JobTable.Waiting again(Connection to, Job job) throws SQLException {
    long reached = QueueTable.lockTurn(to);
    acceptance.requireRoom(to, job.owner());
    Turns.Spot spot = Turns.next(to, reached, job.owner(), job.priority());
    JobTable.again(to, job.id(), spot.place(), spot.turn());
    ledger.job(to, job.id(), JobState.QUEUED);
    return new JobTable.Waiting(job.id(), spot.place());
  }

  private static void order(Connection to, Job job, Sources.Settled settled) throws SQLException {
    requireQueued(job, "another order");
    if (job.result().isPresent()) {
      throw new JobsException(
          Kind.INVALID,
          "job %s is a draft that is to be finished: its order stays".formatted(job.id()));
    }
    JobTable.order(to, job.id(), settled.order(), Sources.shape(settled.order()));
    Sources.use(to, job, settled.inputs());
  }

  private void move(Connection to, Job job, int position) throws SQLException {
    requireQueued(job, "another place");
    long unused = QueueTable.lockTurn(to);
    for (JobTable.Waiting moved : Turns.move(to, job.id(), position)) {
      TaskTable.move(to, moved.id(), Turns.due(moved.place()));
    }
    ledger.queue(to);
  }

  private static void requireQueued(Job job, String what) {
    if (job.state() != JobState.QUEUED) {
      throw new JobsException(
          Kind.INVALID,
          "only what waits can have %s; job %s is %s"
              .formatted(what, job.id(), job.state().text()));
    }
  }

  private void deleteFiles(JobId id) {
    try {
      folders.delete(id);
    } catch (IOException e) {
      LOG.warn("files of {} stay until the next start: {}", id, e.getMessage());
    }
  }
}
