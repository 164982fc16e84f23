package io.zoetrope.jobs.store;

import io.zoetrope.jobs.JobId;
import io.zoetrope.jobs.QueueState.Worker;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/** Workers of all hosts, as they last said. */
public final class WorkerTable {
  private WorkerTable() {}

  public static void put(Connection to, String host, Worker worker) throws SQLException {
    int unused =
        Sql.update(
            to,
            """
            insert into worker (name, host, state, device, job, seen) values (?, ?, ?, ?, ?, ?)
            on conflict (name) do update set host = excluded.host, state = excluded.state,
              device = excluded.device, job = excluded.job, seen = excluded.seen
            """,
            worker.name(),
            host,
            worker.state(),
            worker.device(),
            worker.job().map(JobId::text),
            worker.seen());
  }

  /** A host is there. */
  public static void seen(Connection to, String host, Instant now) throws SQLException {
    int unused = Sql.update(to, "update worker set seen = ? where host = ?", now, host);
  }

  /** A host has none any more. */
  public static void remove(Connection to, String host) throws SQLException {
    int unused = Sql.update(to, "delete from worker where host = ?", host);
  }

  /** Those that were not seen since are lost; those that were not for long are no more. */
  public static boolean lose(Connection to, Instant since, Instant longAgo) throws SQLException {
    int lost =
        Sql.update(
            to,
            "update worker set state = 'lost', job = null where seen < ? and state <> 'lost'",
            since);
    int forgotten = Sql.update(to, "delete from worker where seen < ?", longAgo);
    return lost + forgotten > 0;
  }

  public static List<Worker> list(Connection from) throws SQLException {
    return Sql.list(
        from,
        "select name, state, device, job, seen from worker order by name",
        row ->
            new Worker(
                row.getString("name"),
                row.getString("state"),
                row.getString("device"),
                Sql.text(row, "job").map(JobId::new),
                Sql.time(row, "seen").orElseThrow()));
  }
}
