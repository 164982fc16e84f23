package io.zoetrope.jobs.store;

import io.zoetrope.jobs.Input;
import io.zoetrope.jobs.JobId;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Bytes that were uploaded, and which jobs are made from them. */
public final class InputTable {
  private InputTable() {}

  /** Adds it; of bytes that are known nothing changes but that they are fresh. */
  public static void add(Connection to, Input input) throws SQLException {
    int unused =
        Sql.update(
            to,
            """
            insert into input (sha256, bytes, kind, width, height, frames, fps, created)
            values (?, ?, ?, ?, ?, ?, ?, ?)
            on conflict (sha256) do update set created = excluded.created
            """,
            input.sha256(),
            input.bytes(),
            input.kind(),
            input.width(),
            input.height(),
            input.frames(),
            input.fps(),
            input.created());
  }

  public static Optional<Input> find(Connection from, String sha256) throws SQLException {
    return Sql.one(
        from,
        "select * from input where sha256 = ?",
        row -> {
          long frames = row.getLong("frames");
          Optional<Long> counted = row.wasNull() ? Optional.empty() : Optional.of(frames);
          return new Input(
              row.getString("sha256"),
              row.getLong("bytes"),
              row.getString("kind"),
              row.getInt("width"),
              row.getInt("height"),
              counted,
              Sql.real(row, "fps"),
              Sql.time(row, "created").orElseThrow());
        },
        sha256);
  }

  /** A job is made from it. */
  public static void use(Connection to, JobId job, String sha256) throws SQLException {
    int unused =
        Sql.update(
            to,
            "insert into job_input (job, sha256) values (?, ?) on conflict do nothing",
            job,
            sha256);
  }

  /** Those that no job needs and that came before a time. */
  public static List<String> idle(Connection from, Instant before) throws SQLException {
    return Sql.list(
        from,
        """
        select sha256 from input where created < ?
          and not exists (select 1 from job_input where job_input.sha256 = input.sha256)
        """,
        row -> row.getString(1),
        before);
  }

  /** Whether it was still idle, and is no more. */
  public static boolean forget(Connection to, String sha256, Instant before) throws SQLException {
    return Sql.update(
            to,
            """
            delete from input where sha256 = ? and created < ?
              and not exists (select 1 from job_input where job_input.sha256 = input.sha256)
            """,
            sha256,
            before)
        == 1;
  }
}
