package io.zoetrope.jobs.store;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * The one row of the queue: whether it is paused, which turn was reached, which event was the last.
 * Whoever changes it holds it until the transaction ends, so take it last; only what is new is
 * written after it.
 */
public final class QueueTable {
  private QueueTable() {}

  public static boolean paused(Connection from) throws SQLException {
    return Sql.number(from, "select paused from queue") != 0;
  }

  /** Whether that changed something. */
  public static boolean pause(Connection to, boolean paused) throws SQLException {
    return Sql.update(to, "update queue set paused = ? where paused <> ?", paused, paused) == 1;
  }

  /** The turn that was reached; nobody else takes jobs before this transaction ends. */
  public static long lockTurn(Connection to) throws SQLException {
    int unused = Sql.update(to, "update queue set turn = turn");
    return Sql.number(to, "select turn from queue");
  }

  /** The turn of a job is reached. */
  public static void reach(Connection to, io.zoetrope.jobs.JobId id) throws SQLException {
    int unused =
        Sql.update(
            to,
            """
            update queue set turn = (select case when job.turn > queue.turn then job.turn
              else queue.turn end from job where job.id = ?)
            """,
            id);
  }

  /** The last event. */
  public static long event(Connection from) throws SQLException {
    return Sql.number(from, "select event from queue");
  }
}
