package io.zoetrope.jobs.store;

import io.zoetrope.jobs.JobId;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/** Keys by which a request that comes twice is known. */
public final class KeyTable {
  private KeyTable() {}

  /**
   * A request that came.
   *
   * @param fingerprint of it
   * @param job that it got
   */
  public record Used(String fingerprint, JobId job) {}

  public static Optional<Used> find(Connection from, Optional<String> owner, String key)
      throws SQLException {
    return Sql.one(
        from,
        "select fingerprint, job from request_key where owner = ? and request_key = ?",
        row -> new Used(row.getString("fingerprint"), new JobId(row.getString("job"))),
        owner.orElse(""),
        key);
  }

  /** Takes the place of a key whose job is no more. */
  public static void add(Connection to, Optional<String> owner, String key, Used used, Instant now)
      throws SQLException {
    int unused =
        Sql.update(
            to,
            """
            insert into request_key (owner, request_key, fingerprint, job, created)
            values (?, ?, ?, ?, ?)
            on conflict (owner, request_key) do update
              set fingerprint = excluded.fingerprint, job = excluded.job, created = excluded.created
            """,
            owner.orElse(""),
            key,
            used.fingerprint(),
            used.job(),
            now);
  }

  public static void forget(Connection to, Instant before) throws SQLException {
    int unused = Sql.update(to, "delete from request_key where created < ?", before);
  }
}
