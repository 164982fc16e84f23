package io.zoetrope.jobs.queue;

import io.zoetrope.jobs.JobState;
import io.zoetrope.jobs.JobsException;
import io.zoetrope.jobs.store.LeaseTable;
import io.zoetrope.jobs.store.LeaseTable.Wanted;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** Between what is made and what is written down of it. */
final class Reporter {
  private final Ledger ledger;

  Reporter(Ledger ledger) {
    this.ledger = ledger;
  }

  /** Whether it is still wanted, and ours. */
  void hear(Watched watched) {
    Optional<Wanted> wanted = ledger.database().read(c -> LeaseTable.wanted(c, watched.lease()));
    if (wanted.isEmpty()) {
      watched.lose();
    } else if (wanted.get().cancelling()) {
      watched.cancel();
    }
  }

  /** Writes down what is new; once this returns, all that was told before is. */
  void write(Watched watched) {
    watched.writing().lock();
    try {
      Optional<Watched.Report> report = watched.report();
      if (report.isPresent() && !written(watched, report.get())) {
        hear(watched);
      }
    } finally {
      watched.writing().unlock();
    }
  }

  private boolean written(Watched watched, Watched.Report report) {
    try {
      return ledger.write(c -> write(c, watched, report));
    } catch (JobsException e) {
      watched.again(report);
      throw e;
    }
  }

  private boolean write(Connection to, Watched watched, Watched.Report now) throws SQLException {
    if (!LeaseTable.progress(to, watched.lease(), now.progress(), now.shape(), now.notes())) {
      return false;
    }
    for (Watched.Told told : now.told()) {
      ledger.add(to, told.type(), Optional.of(watched.id()), told.data());
    }
    if (now.tell()) {
      ledger.job(to, watched.id(), JobState.RUNNING);
    }
    return true;
  }
}
