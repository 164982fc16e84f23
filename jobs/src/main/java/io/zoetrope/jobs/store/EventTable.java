package io.zoetrope.jobs.store;

import io.zoetrope.jobs.JobEvent;
import io.zoetrope.jobs.JobId;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What happened, for an hour or so. Numbers rise in the order in which all can see them. */
public final class EventTable {
  private EventTable() {}

  /** Adds one, and holds the row of the queue until the transaction ends. */
  public static void add(Connection to, String type, Optional<JobId> job, String json, Instant now)
      throws SQLException {
    int unused = Sql.update(to, "update queue set event = event + 1");
    unused =
        Sql.update(
            to,
            "insert into event (id, type, job, data, created) select event, ?, ?, ?, ? from queue",
            type,
            job.map(JobId::text),
            json,
            now);
  }

  public static List<JobEvent> after(Connection from, long id, int limit) throws SQLException {
    return Sql.list(
        from,
        "select id, type, job, data from event where id > ? order by id limit ?",
        row ->
            new JobEvent(
                row.getLong("id"),
                row.getString("type"),
                Sql.text(row, "job").map(JobId::new),
                row.getString("data")),
        id,
        limit);
  }

  public static void forget(Connection to, Instant before) throws SQLException {
    int unused = Sql.update(to, "delete from event where created < ?", before);
  }
}
