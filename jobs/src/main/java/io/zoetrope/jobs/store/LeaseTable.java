package io.zoetrope.jobs.store;

import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobError;
import io.zoetrope.jobs.JobId;
import io.zoetrope.jobs.JobProgress;
import io.zoetrope.record.Json;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Who makes a job, and until when that is believed: the columns of a job that only its maker
 * writes. The token of a lease grows with each claim and each loss; all that a maker writes says
 * which it has, and changes nothing if that is not the last one.
 */
public final class LeaseTable {
  private LeaseTable() {}

  /**
   * A claim on a job.
   *
   * @param id of the job
   * @param token that all writes carry
   */
  public record Lease(JobId id, long token) {}

  /**
   * What a maker is told of its job.
   *
   * @param cancelling whether it is to stop
   * @param gone whether nothing of it is to stay
   */
  public record Wanted(boolean cancelling, boolean gone) {}

  /**
   * A lease that has run out.
   *
   * @param id of the job
   * @param token of the lease
   * @param owner who had it
   * @param attempt that was made
   * @param lost how often its maker was lost before
   * @param wanted what was to become of it
   */
  public record Lapsed(JobId id, long token, String owner, int attempt, int lost, Wanted wanted) {}

  /** Takes a job that waits; empty if it does not. */
  public static Optional<Lease> claim(
      Connection to, JobId id, String owner, Instant until, Instant now) throws SQLException {
    int taken =
        Sql.update(
            to,
            """
            update job set state = 'running', lease = lease + 1, lease_owner = ?, lease_until = ?,
              attempt = attempt + 1, started = coalesce(started, ?), phase = 'loading', percent = 0,
              step = 0, frame_offset = 0, eta = null, error = null, completed = null
            where id = ? and state = 'queued' and gone = 0
            """,
            owner,
            until,
            now,
            id);
    return taken == 0
        ? Optional.empty()
        : Optional.of(new Lease(id, Sql.number(to, "select lease from job where id = ?", id)));
  }

  /** Believed for longer. */
  public static boolean renew(Connection to, Lease lease, Instant until) throws SQLException {
    return held(to, lease, "lease_until = ?", until);
  }

  /** What is to become of it; empty if the lease is lost. */
  public static Optional<Wanted> wanted(Connection from, Lease lease) throws SQLException {
    return Sql.one(
        from,
        "select cancelling, gone from job where id = ? and lease = ? and state = 'running'",
        row -> new Wanted(row.getInt("cancelling") != 0, row.getInt("gone") != 0),
        lease.id(),
        lease.token());
  }

  /** How far it is. */
  public static boolean progress(
      Connection to, Lease lease, JobProgress progress, Job.Shape shape, List<String> notes)
      throws SQLException {
    return held(
        to,
        lease,
        """
        phase = ?, percent = ?, step = ?, frame_offset = ?, eta = ?, preview = ?, width = ?,
        height = ?, frames = ?, fps = ?, steps = ?, notes = ?
        """,
        progress.phase(),
        progress.percent(),
        progress.step(),
        progress.frameOffset(),
        progress.etaSeconds(),
        progress.preview(),
        shape.width(),
        shape.height(),
        shape.frames(),
        shape.fps(),
        shape.steps(),
        Json.MAPPER.writeValueAsString(notes));
  }

  /**
   * It is made, or its draft is.
   *
   * @param state completed or draft
   * @param kept bytes of all files of the attempt
   */
  public static boolean made(
      Connection to,
      Lease lease,
      String state,
      Job.Result result,
      long kept,
      Job.Shape shape,
      List<String> notes,
      Instant now)
      throws SQLException {
    return held(
        to,
        lease,
        """
        state = ?, result_file = ?, result_bytes = ?, result_sha256 = ?, kept = ?, width = ?,
        height = ?, frames = ?, fps = ?, steps = ?, notes = ?, completed = ?, phase = null, eta = null,
        error = null, cancelling = 0, drafted_rows = null,
        percent = case when draft_rows is null then 100 else percent end
        """,
        state,
        result.file(),
        result.bytes(),
        result.sha256(),
        kept,
        shape.width(),
        shape.height(),
        shape.frames(),
        shape.fps(),
        shape.steps(),
        Json.MAPPER.writeValueAsString(notes),
        now);
  }

  /**
   * It is over without a file. A draft that was to be finished is one again.
   *
   * @param state failed or cancelled
   */
  public static boolean over(Connection to, Lease lease, String state, JobError error, Instant now)
      throws SQLException {
    return held(
        to,
        lease,
        """
        state = case when result_file is null then ? else 'draft' end,
        draft_rows = coalesce(draft_rows, drafted_rows), error = ?, completed = ?, phase = null,
        eta = null, cancelling = 0
        """,
        state,
        JobRow.json(error),
        now);
  }

  /**
   * Back among those that wait.
   *
   * @param lost whether its maker was lost, which is counted
   */
  public static boolean back(Connection to, Lease lease, boolean lost) throws SQLException {
    return held(
        to,
        lease,
        """
        state = 'queued', lost = lost + ?, lease = lease + 1, lease_until = null, phase = null,
        percent = 0, step = 0, frame_offset = 0, eta = null
        """,
        lost ? 1 : 0);
  }

  /** How often the maker of a job was lost. */
  public static int lost(Connection from, JobId id) throws SQLException {
    return (int) Sql.number(from, "select lost from job where id = ?", id);
  }

  /** Leases that have run out. */
  public static List<Lapsed> lapsed(Connection from, Instant now) throws SQLException {
    return Sql.list(
        from,
        """
        select id, lease, lease_owner, attempt, lost, cancelling, gone from job
        where state = 'running' and lease_until < ?
        """,
        row ->
            new Lapsed(
                new JobId(row.getString("id")),
                row.getLong("lease"),
                row.getString("lease_owner"),
                row.getInt("attempt"),
                row.getInt("lost"),
                new Wanted(row.getInt("cancelling") != 0, row.getInt("gone") != 0)),
        now);
  }

  /** An owner that is known to be dead: its leases run out at once. */
  public static int dead(Connection to, String owner) throws SQLException {
    return Sql.update(
        to, "update job set lease_until = 0 where lease_owner = ? and state = 'running'", owner);
  }

  private static boolean held(Connection to, Lease lease, String set, Object... args)
      throws SQLException {
    Object[] all = Arrays.copyOf(args, args.length + 2);
    all[args.length] = lease.id();
    all[args.length + 1] = lease.token();
    return Sql.update(
            to, "update job set " + set + " where id = ? and lease = ? and state = 'running'", all)
        == 1;
  }
}
