package io.zoetrope.jobs.store;

import io.zoetrope.jobs.JobId;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/** Jobs that are over, as what takes room. Those that have a star do not count. */
public final class HistoryTable {
  private static final String OVER =
      "state not in ('queued', 'running') and star = 0 and gone = 0 and completed is not null";

  private HistoryTable() {}

  /** Those that were over before a time. */
  public static List<JobId> old(Connection from, Instant before) throws SQLException {
    return Sql.list(
        from,
        "select id from job where " + OVER + " and completed < ?",
        row -> new JobId(row.getString(1)),
        before);
  }

  /** The oldest ones, without which the others have no more than so many bytes. */
  public static List<JobId> much(Connection from, long bytes) throws SQLException {
    return Sql.list(
        from,
        "select id from (select id, sum(kept) over"
            + " (order by completed desc, id desc) as bytes from job where "
            + OVER
            + ") sized where bytes > ?",
        row -> new JobId(row.getString(1)),
        bytes);
  }

  /** Whether it could go, and is gone. */
  public static boolean expire(Connection to, JobId id) throws SQLException {
    return Sql.update(to, "delete from job where id = ? and " + OVER, id) == 1;
  }
}
