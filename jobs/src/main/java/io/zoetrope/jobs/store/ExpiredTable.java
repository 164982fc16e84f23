package io.zoetrope.jobs.store;

import io.zoetrope.jobs.JobId;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;

/** Names of jobs that were tidied away: whoever asks is told so. */
public final class ExpiredTable {
  private ExpiredTable() {}

  public static void add(Connection to, JobId id, Instant now) throws SQLException {
    int unused =
        Sql.update(
            to, "insert into expired (id, at) values (?, ?) on conflict do nothing", id, now);
  }

  public static boolean has(Connection from, JobId id) throws SQLException {
    return Sql.number(from, "select count(*) from expired where id = ?", id) > 0;
  }

  public static void forget(Connection to, Instant before) throws SQLException {
    int unused = Sql.update(to, "delete from expired where at < ?", before);
  }
}
