package io.zoetrope.jobs.queue;

import io.zoetrope.jobs.JobId;
import io.zoetrope.jobs.JobState;
import io.zoetrope.jobs.JobsException;
import io.zoetrope.jobs.QueueState.Worker;
import io.zoetrope.jobs.store.Database;
import io.zoetrope.jobs.store.EventTable;
import io.zoetrope.jobs.store.QueueTable;
import io.zoetrope.record.Json;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Changes of jobs, each with the events that tell of it: both or neither. */
final class Ledger {
  private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);

  private final Database database;
  private final News news;

  Ledger(Database database, News news) {
    this.database = database;
    this.news = news;
  }

  Database database() {
    return database;
  }

  /** As {@link Database#write}, and tells those who listen. */
  <T> T write(Database.Work<T> work) {
    T result = database.write(work);
    try {
      look();
    } catch (JobsException e) {
      LOG.warn("who listens is told later: {}", e.getMessage()); // what was written is written
    }
    return result;
  }

  /** Looks whether there is news, also from other processes. */
  void look() {
    if (news.wanted()) {
      news.tell(database.read(QueueTable::event));
    }
  }

  /** A job is in another state, or something is written beside it. */
  void job(Connection to, JobId id, JobState state) throws SQLException {
    add(to, "job", Optional.of(id), Map.of("job", id.text(), "state", state.text()));
  }

  /** The order of those that wait is another, or it is paused. */
  void queue(Connection to) throws SQLException {
    add(to, "queue", Optional.empty(), Map.of());
  }

  void removed(Connection to, JobId id) throws SQLException {
    add(to, "removed", Optional.of(id), Map.of("job", id.text()));
  }

  void worker(Connection to, Worker worker) throws SQLException {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("name", worker.name());
    data.put("state", worker.state());
    data.put("device", worker.device());
    data.put("job", worker.job().map(JobId::text).orElse(null));
    add(to, "worker", worker.job(), data);
  }

  void add(Connection to, String type, Optional<JobId> job, Map<String, Object> data)
      throws SQLException {
    EventTable.add(to, type, job, Json.MAPPER.writeValueAsString(data), database.now());
  }
}
