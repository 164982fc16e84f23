package io.zoetrope.jobs.store;

import io.zoetrope.jobs.JobId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;

/** The scheduler's own table, where jobs and its tasks are to be brought together. */
public final class TaskTable {
  /** The one kind of task. */
  public static final String RUN_JOB = "run-job";

  private TaskTable() {}

  /** Jobs that wait and have no task. */
  public static List<JobTable.Waiting> without(Connection from) throws SQLException {
    return Sql.list(
        from,
        """
        select id, place from job where state = 'queued' and gone = 0 and not exists (
          select 1 from scheduled_tasks where task_name = 'run-job' and task_instance = job.id)
        order by place, id
        """,
        row -> new JobTable.Waiting(new JobId(row.getString("id")), row.getLong("place")));
  }

  /** Another time for a task that nobody has begun. */
  public static void move(Connection to, JobId id, Instant due) throws SQLException {
    try (PreparedStatement statement =
        to.prepareStatement(
            """
            update scheduled_tasks set execution_time = ?, version = version + 1
            where task_name = 'run-job' and task_instance = ? and picked = ?
            """)) {
      statement.setTimestamp(1, Timestamp.from(due));
      statement.setString(2, id.text());
      statement.setBoolean(3, false);
      int unused = statement.executeUpdate();
    }
  }

  /** Whoever has begun it: its job is over, or its lease has run out. */
  public static void remove(Connection to, JobId id) throws SQLException {
    int unused =
        Sql.update(
            to,
            "delete from scheduled_tasks where task_name = 'run-job' and task_instance = ?",
            id);
  }

  /** All that nobody has begun. */
  public static void removeWaiting(Connection to) throws SQLException {
    try (PreparedStatement statement =
        to.prepareStatement(
            "delete from scheduled_tasks where task_name = 'run-job' and picked = ?")) {
      statement.setBoolean(1, false);
      int unused = statement.executeUpdate();
    }
  }
}
