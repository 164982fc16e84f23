package io.zoetrope.jobs.queue;

import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobId;
import io.zoetrope.jobs.Store;
import io.zoetrope.jobs.store.Database;
import io.zoetrope.jobs.store.EventTable;
import io.zoetrope.jobs.store.ExpiredTable;
import io.zoetrope.jobs.store.HistoryTable;
import io.zoetrope.jobs.store.InputTable;
import io.zoetrope.jobs.store.JobTable;
import io.zoetrope.jobs.store.KeyTable;
import io.zoetrope.torch.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes room: what is old goes, then what is too much, and what no job needs. Stars stay. */
final class Tidying {
  private static final Logger LOG = LoggerFactory.getLogger(Tidying.class);
  private static final Duration REMEMBERED = Duration.ofDays(90);

  private final Ledger ledger;
  private final JobsConfig config;
  private final Store store;
  private final Folders folders;
  private final Attempts attempts;

  Tidying(Ledger ledger, JobsConfig config, Store store, Folders folders, Attempts attempts) {
    this.ledger = ledger;
    this.config = config;
    this.store = store;
    this.folders = folders;
    this.attempts = attempts;
  }

  void run() throws IOException {
    Database database = ledger.database();
    Instant now = database.now();
    for (JobId id : database.read(c -> HistoryTable.old(c, now.minus(config.limits().history())))) {
      expire(id, now);
    }
    for (JobId id : database.read(c -> HistoryTable.much(c, config.limits().historyBytes()))) {
      expire(id, now);
    }
    Instant idle = now.minus(config.limits().idle());
    for (String sha256 : database.read(c -> InputTable.idle(c, idle))) {
      forget(sha256, idle);
    }
    database.change(c -> {
      KeyTable.forget(c, now.minus(config.limits().keys()));
      EventTable.forget(c, now.minus(config.limits().events()));
      ExpiredTable.forget(c, now.minus(REMEMBERED));
    });
  }

  /** Folders that a crash left: of jobs that are no more, and of attempts that nobody needs. */
  void orphans() throws IOException {
    Path jobs = store.folder().resolve("jobs");
    if (!Files.isDirectory(jobs)) {
      return;
    }
    List<Path> all;
    try (Stream<Path> entries = Files.list(jobs)) {
      all = entries.toList();
    }
    for (Path folder : all) {
      Optional<JobId> id = JobId.tryParse(String.valueOf(folder.getFileName()));
      if (id.isPresent()) {
        orphan(id.get());
      }
    }
  }

  private void orphan(JobId id) throws IOException {
    if (!ledger.database().read(c -> JobTable.known(c, id))) {
      folders.delete(id);
      return;
    }
    Optional<Job> job = ledger.database().read(c -> JobTable.find(c, id));
    if (job.isPresent() && job.get().state().over()) {
      attempts.clean(job.get());
    }
  }

  private void expire(JobId id, Instant now) throws IOException {
    boolean gone =
        ledger.write(c -> {
          if (!HistoryTable.expire(c, id)) {
            return false;
          }
          ExpiredTable.add(c, id, now);
          ledger.removed(c, id);
          return true;
        });
    if (gone) {
      LOG.info("{} was tidied away", id);
      folders.delete(id);
    }
  }

  private void forget(String sha256, Instant idle) {
    ledger
        .database()
        .change(c -> {
          if (InputTable.forget(c, sha256, idle)) {
            try {
              AtomicFiles.deleteTree(store.input(sha256));
            } catch (IOException e) {
              LOG.warn("an upload stays on the disk: {}", e.getMessage());
            }
          }
        });
  }
}
