package io.zoetrope.jobs.queue;

import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobError;
import io.zoetrope.jobs.JobId;
import io.zoetrope.jobs.JobState;
import io.zoetrope.jobs.JobsException;
import io.zoetrope.jobs.Manifest;
import io.zoetrope.jobs.Runner;
import io.zoetrope.jobs.Runner.Outcome;
import io.zoetrope.jobs.Runner.Signal;
import io.zoetrope.jobs.Store;
import io.zoetrope.jobs.store.JobTable;
import io.zoetrope.jobs.store.LeaseTable;
import io.zoetrope.jobs.store.LeaseTable.Wanted;
import io.zoetrope.torch.Staged;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a job that was claimed, and writes down what came of it: one transaction, in which the file
 * is seen for the first time. Whoever has lost the lease changes nothing.
 */
final class Attempts {
  private static final Logger LOG = LoggerFactory.getLogger(Attempts.class);
  private static final JobError CANCELLED = JobError.of("cancelled", "it was cancelled");

  private final Ledger ledger;
  private final Reporter reporter;
  private final JobsConfig config;
  private final Store store;
  private final Folders folders;

  Attempts(Ledger ledger, Reporter reporter, JobsConfig config, Store store, Folders folders) {
    this.ledger = ledger;
    this.reporter = reporter;
    this.config = config;
    this.store = store;
    this.folders = folders;
  }

  /** What becomes of a job after an attempt. */
  enum End {
    OVER,
    /** It waits again. */
    AGAIN,
    /** It belongs to somebody else by now. */
    GHOST
  }

  /** Makes it. */
  End make(Job job, Watched watched, Runner runner) throws InterruptedException {
    Outcome outcome = outcome(job, watched, runner);
    End end =
        patiently(
            () -> {
              reporter.write(watched);
              return end(job, watched, outcome);
            },
            watched);
    if (end == End.GHOST) {
      LOG.info("attempt {} at {} was given to others meanwhile", job.attempt(), job.id());
      bury(job);
    }
    return end;
  }

  private Outcome outcome(Job job, Watched watched, Runner runner) throws InterruptedException {
    try {
      Optional<Folders.Whole> whole = folders.whole(job);
      if (whole.isPresent()) {
        LOG.info("{} is finished already: attempt {} did it", job.id(), whole.get().number());
        return adopted(whole.get());
      }
      Path folder = folders.make(job.id(), job.attempt());
      return runner.run(
          new Runner.Attempt(job, job.attempt(), folder, store, folders.resume(job)), watched);
    } catch (IOException e) {
      LOG.warn("the folder of {} cannot be written", job.id(), e);
      return new Runner.Lost("its folder cannot be written: " + e.getMessage());
    } catch (RuntimeException e) {
      LOG.warn("the worker of {} failed", job.id(), e);
      return new Runner.Lost(String.valueOf(e.getMessage()));
    }
  }

  private static Outcome adopted(Folders.Whole whole) {
    Manifest manifest = whole.manifest();
    Job.Result result = manifest.result(whole.number());
    return manifest.draft()
        ? new Runner.Drafted(result, manifest.shape(), manifest.notes())
        : new Runner.Done(result, manifest.shape(), manifest.notes());
  }

  private End end(Job job, Watched watched, Outcome outcome) throws IOException {
    LOG.debug("{} attempt {}: {}", job.id(), job.attempt(), outcome);
    return switch (outcome) {
      case Runner.Done done ->
          made(job, watched, JobState.COMPLETED, done.result(), done.shape(), done.notes());
      case Runner.Drafted draft ->
          made(job, watched, JobState.DRAFT, draft.result(), draft.shape(), draft.notes());
      case Runner.Failed failed -> over(job, watched, JobState.FAILED, failed.error());
      case Runner.Cancelled unused ->
          watched.signal() == Signal.CANCEL
              ? over(job, watched, JobState.CANCELLED, CANCELLED)
              : back(job, watched, false);
      case Runner.Stopped unused -> back(job, watched, false);
      case Runner.Lost lost -> {
        LOG.warn("the worker of {} is lost: {}", job.id(), lost.why());
        yield lost(job, watched);
      }
    };
  }

  private End made(
      Job job,
      Watched watched,
      JobState state,
      Job.Result result,
      Job.Shape shape,
      List<String> notes)
      throws IOException {
    Path file = store.job(job.id()).resolve(result.file());
    if (!Files.isRegularFile(file) || Files.size(file) != result.bytes()) {
      LOG.warn("the worker of {} says that it made {}, which is not there", job.id(), file);
      return lost(job, watched);
    }
    Path folder = folders.attempt(job.id(), result);
    Staged.forceTree(folder);
    if (!Files.exists(folder.resolve(Manifest.NAME))) {
      new Manifest(
              String.valueOf(file.getFileName()),
              result.sha256(),
              result.bytes(),
              shape,
              state == JobState.DRAFT,
              notes)
          .write(folder);
    }
    long kept = Folders.bytes(folder);
    boolean written =
        ledger.write(c -> {
          boolean mine =
              LeaseTable.made(
                  c,
                  watched.lease(),
                  state.text(),
                  result,
                  kept,
                  shape,
                  notes,
                  ledger.database().now());
          if (mine) {
            ledger.job(c, job.id(), state);
          }
          return mine;
        });
    if (!written) {
      return End.GHOST;
    }
    tidily(() -> {
      folders.keep(job.id(), result);
      removeIfGone(job.id());
    });
    return End.OVER;
  }

  private End over(Job job, Watched watched, JobState state, JobError error) throws IOException {
    boolean written =
        ledger.write(c -> {
          boolean mine =
              LeaseTable.over(c, watched.lease(), state.text(), error, ledger.database().now());
          if (mine) {
            ledger.job(c, job.id(), state);
          }
          return mine;
        });
    if (!written) {
      return End.GHOST;
    }
    tidily(() -> {
      clean(job);
      removeIfGone(job.id());
    });
    return End.OVER;
  }

  private End lost(Job job, Watched watched) throws IOException {
    Optional<Wanted> wanted = ledger.database().read(c -> LeaseTable.wanted(c, watched.lease()));
    if (wanted.isEmpty()) {
      return End.GHOST;
    }
    if (wanted.get().cancelling()) {
      return over(job, watched, JobState.CANCELLED, CANCELLED);
    }
    int before = ledger.database().read(c -> LeaseTable.lost(c, job.id()));
    return before + 1 >= config.limits().attempts()
        ? over(job, watched, JobState.FAILED, workerLost(before + 1))
        : back(job, watched, true);
  }

  private End back(Job job, Watched watched, boolean lost) {
    boolean written =
        ledger.write(c -> {
          boolean mine = LeaseTable.back(c, watched.lease(), lost);
          if (mine) {
            ledger.job(c, job.id(), JobState.QUEUED);
          }
          return mine;
        });
    return written ? End.AGAIN : End.GHOST;
  }

  /**
   * Leases that have run out: their jobs go back to the queue, or are over.
   *
   * @return those that wait again
   */
  List<JobId> reap() throws IOException {
    List<JobId> back = new ArrayList<>();
    for (LeaseTable.Lapsed lapsed :
        ledger.database().read(c -> LeaseTable.lapsed(c, ledger.database().now()))) {
      Optional<Job> job = ledger.database().read(c -> JobTable.find(c, lapsed.id()));
      if (job.isEmpty()) {
        remove(lapsed.id());
        continue;
      }
      Watched watched = new Watched(new LeaseTable.Lease(lapsed.id(), lapsed.token()), job.get());
      End end = lost(job.get(), watched);
      if (end != End.GHOST) {
        LOG.info("{} was lost by {}: its lease has run out", lapsed.id(), lapsed.owner());
      }
      if (end == End.AGAIN) {
        back.add(lapsed.id());
      }
    }
    return back;
  }

  /** Nothing of it is to stay: row, then files. */
  void remove(JobId id) throws IOException {
    boolean unused =
        ledger.write(c -> {
          JobTable.delete(c, id);
          return true;
        });
    folders.delete(id);
  }

  private void removeIfGone(JobId id) throws IOException {
    if (ledger.database().read(c -> JobTable.find(c, id)).isEmpty()) {
      remove(id);
    }
  }

  /** What a ghost made, if the job is over and does not need it. */
  private void bury(Job job) {
    try {
      Optional<Job> now = ledger.database().read(c -> JobTable.find(c, job.id()));
      if (now.isEmpty()) {
        folders.delete(job.id());
      } else if (now.get().state().over()) {
        clean(now.get());
      }
    } catch (IOException | JobsException e) {
      LOG.warn("what is left of {} stays for a while: {}", job.id(), e.getMessage());
    }
  }

  /** Without a result nothing stays; with one, what it needs. */
  void clean(Job job) throws IOException {
    if (job.result().isPresent()) {
      folders.keep(job.id(), job.result().get());
    } else {
      folders.delete(job.id());
    }
  }

  /** What cannot be tidied now is tidied later. */
  private static void tidily(Tidying tidying) {
    try {
      tidying.run();
    } catch (IOException | JobsException e) {
      LOG.warn("something is left over for a while: {}", e.getMessage());
    }
  }

  /** Deletes what is not needed. */
  @FunctionalInterface
  private interface Tidying {
    void run() throws IOException;
  }

  static JobError workerLost(int times) {
    return JobError.of(
        "worker_lost",
        "its worker was lost %s times: it may need more memory than there is".formatted(times));
  }

  /** What an end is written with. */
  @FunctionalInterface
  private interface Ending {
    End write() throws IOException;
  }

  /** A database that is away for a moment must not cost a video: tries on while the lease lives. */
  private End patiently(Ending ending, Watched watched) throws InterruptedException {
    long give = System.nanoTime() + config.limits().lease().multipliedBy(3).toNanos();
    while (true) {
      try {
        return ending.write();
      } catch (JobsException | IOException e) {
        LOG.warn("the end of {} could not be written down: {}", watched.id(), e.getMessage());
        if (System.nanoTime() > give) {
          return End.GHOST;
        }
        Thread.sleep(Duration.ofSeconds(1));
      }
    }
  }
}
