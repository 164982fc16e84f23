package io.zoetrope.jobs.store;

import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobError;
import io.zoetrope.jobs.JobFilter;
import io.zoetrope.jobs.JobId;
import io.zoetrope.jobs.JobState;
import io.zoetrope.pipeline.order.VideoOrder;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What was asked for, and what has become of it. Jobs that are gone are found by nobody. */
public final class JobTable {
  private JobTable() {}

  /**
   * A job that is taken.
   *
   * @param job as it begins
   * @param place its order among those that wait: lower goes first
   * @param turn its owner's turn, see {@link QueueTable}
   * @param fingerprint of its request
   * @param webhook where its end is told
   */
  public record Taken(
      Job job, long place, long turn, Optional<String> fingerprint, Optional<String> webhook) {}

  /**
   * A job and where it waits.
   *
   * @param id its name
   * @param place its order among those that wait: lower goes first
   */
  public record Waiting(JobId id, long place) {}

  public static void insert(Connection to, Taken taken) throws SQLException {
    Job job = taken.job();
    int unused =
        Sql.update(
            to,
            """
            insert into job (id, state, task, orders, search, width, height, frames, fps, steps,
              draft_rows, owner, batch, board, star, note, remixed_from, priority, turn, place,
              fingerprint, webhook, created)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            job.id(),
            job.state().text(),
            job.task(),
            job.order().toJson(),
            search(job.order(), job.note()),
            job.shape().width(),
            job.shape().height(),
            job.shape().frames(),
            job.shape().fps(),
            job.shape().steps(),
            job.draftRows(),
            job.owner(),
            job.batch(),
            job.board(),
            job.star(),
            job.note(),
            job.remixedFrom(),
            job.priority(),
            taken.turn(),
            taken.place(),
            taken.fingerprint(),
            taken.webhook(),
            job.created());
  }

  public static Optional<Job> find(Connection from, JobId id) throws SQLException {
    return Sql.one(from, "select * from job where id = ? and gone = 0", JobRow::read, id);
  }

  /** As {@link #find}, and nobody else changes it before this transaction ends. */
  public static Optional<Job> lock(Connection from, JobId id) throws SQLException {
    int unused = Sql.update(from, "update job set gone = gone where id = ?", id);
    return find(from, id);
  }

  /** The newest one by a fingerprint. */
  public static Optional<Job> latest(
      Connection from, Optional<String> owner, String fingerprint, Instant since)
      throws SQLException {
    return Sql.one(
        from,
        """
        select * from job where fingerprint = ? and created >= ? and gone = 0
          and coalesce(owner, '') = ? order by id desc limit 1
        """,
        JobRow::read,
        fingerprint,
        since,
        owner.orElse(""));
  }

  public static List<Job> list(Connection from, JobFilter filter) throws SQLException {
    StringBuilder sql = new StringBuilder("select * from job where gone = 0");
    List<Object> args = new ArrayList<>();
    if (!filter.states().isEmpty()) {
      sql.append(" and state in (")
          .append(String.join(", ", filter.states().stream().map(state -> "?").toList()))
          .append(')');
      filter.states().forEach(state -> args.add(state.text()));
    }
    equal(sql, args, "board", filter.board());
    equal(sql, args, "batch", filter.batch());
    equal(sql, args, "owner", filter.owner());
    if (filter.starred()) {
      sql.append(" and star = 1");
    }
    for (String word : filter.words().orElse("").strip().split("\\s+")) {
      if (!word.isEmpty()) {
        sql.append(" and search like ? escape '!'");
        args.add("%" + lower(word).replaceAll("([!%_])", "!$1") + "%");
      }
    }
    filter
        .after()
        .ifPresent(id -> {
          sql.append(filter.ascending() ? " and id > ?" : " and id < ?");
          args.add(id);
        });
    sql.append(filter.ascending() ? " order by id" : " order by id desc").append(" limit ?");
    args.add(filter.limit());
    return Sql.list(from, sql.toString(), JobRow::read, args.toArray());
  }

  /** Those that wait, first to last. */
  public static List<Waiting> waiting(Connection from) throws SQLException {
    return Sql.list(
        from,
        "select id, place from job where state = 'queued' and gone = 0 order by place, id",
        row -> new Waiting(new JobId(row.getString("id")), row.getLong("place")));
  }

  public static List<JobId> running(Connection from) throws SQLException {
    return Sql.list(
        from,
        "select id from job where state = 'running' and gone = 0 order by started, id",
        row -> new JobId(row.getString("id")));
  }

  /** Its place among those that wait, from 1. */
  public static Optional<Integer> position(Connection from, JobId id) throws SQLException {
    return Sql.one(
        from,
        """
        select (select count(*) from job other where other.state = 'queued' and other.gone = 0
          and (other.place < job.place or other.place = job.place and other.id <= job.id)) as n
        from job where id = ? and state = 'queued' and gone = 0
        """,
        row -> row.getInt("n"),
        id);
  }

  /** How many wait; of one owner, if it is given. */
  public static int waiting(Connection from, Optional<String> owner) throws SQLException {
    return (int)
        (owner.isEmpty()
            ? Sql.number(from, "select count(*) from job where state = 'queued'")
            : Sql.number(
                from, "select count(*) from job where state = 'queued' and owner = ?", owner));
  }

  /** The last turn of an owner's jobs that wait and are at least as urgent; -1 if none does. */
  public static long lastTurn(Connection from, Optional<String> owner, int priority)
      throws SQLException {
    return Sql.number(
        from,
        """
        select coalesce(max(turn), -1) from job
        where state = 'queued' and coalesce(owner, '') = ? and priority >= ?
        """,
        owner.orElse(""),
        priority);
  }

  /** The last place that is taken in a span of them; empty if none is. */
  public static Optional<Long> lastPlace(Connection from, long first, long end)
      throws SQLException {
    return Sql.one(
            from,
            "select max(place) as place from job where state = 'queued' and place >= ? and place < ?",
            row -> {
              long place = row.getLong("place");
              return row.wasNull() ? Optional.<Long>empty() : Optional.of(place);
            },
            first,
            end)
        .orElse(Optional.empty());
  }

  public static void place(Connection to, JobId id, long place) throws SQLException {
    int unused = Sql.update(to, "update job set place = ? where id = ?", place, id);
  }

  /** Another order, of a job that waits. */
  public static void order(Connection to, JobId id, VideoOrder order, Job.Shape shape)
      throws SQLException {
    int unused =
        Sql.update(
            to,
            """
            update job set orders = ?, task = ?, width = ?, height = ?, frames = ?, fps = ?,
              steps = ? where id = ?
            """,
            order.toJson(),
            JobRow.task(order),
            shape.width(),
            shape.height(),
            shape.frames(),
            shape.fps(),
            shape.steps(),
            id);
  }

  /** What is written beside it. */
  public static void label(
      Connection to, JobId id, VideoOrder order, Optional<String> board, boolean star, String note)
      throws SQLException {
    int unused =
        Sql.update(
            to,
            "update job set board = ?, star = ?, note = ?, search = ? where id = ?",
            board,
            star,
            note,
            search(order, note),
            id);
  }

  /** Back among those that wait, as if it had never been begun. */
  public static void again(Connection to, JobId id, long place, long turn) throws SQLException {
    int unused =
        Sql.update(
            to,
            """
            update job set state = 'queued', place = ?, turn = ?, lost = 0, cancelling = 0,
              error = null, completed = null, phase = null, percent = 0, step = 0,
              frame_offset = 0, eta = null, preview = 0, notes = '[]'
            where id = ?
            """,
            place,
            turn,
            id);
  }

  /** A draft is to be walked to its end; it stays until that is done. */
  public static void finish(Connection to, JobId id) throws SQLException {
    int unused =
        Sql.update(
            to, "update job set drafted_rows = draft_rows, draft_rows = null where id = ?", id);
  }

  /**
   * What waits is not wanted any more: over at once. A draft that was to be finished is one again.
   */
  public static void cancel(Connection to, JobId id, JobError error, Instant now)
      throws SQLException {
    int unused =
        Sql.update(
            to,
            """
            update job set state = case when result_file is null then 'cancelled' else 'draft' end,
              draft_rows = coalesce(draft_rows, drafted_rows), cancelling = 0, error = ?,
              completed = ? where id = ? and state = 'queued'
            """,
            JobRow.json(error),
            now,
            id);
  }

  /** Whoever makes it is to stop. */
  public static void cancelling(Connection to, JobId id) throws SQLException {
    int unused = Sql.update(to, "update job set cancelling = 1 where id = ?", id);
  }

  /** Nobody finds it any more. */
  public static void gone(Connection to, JobId id) throws SQLException {
    int unused = Sql.update(to, "update job set gone = 1, cancelling = 1 where id = ?", id);
  }

  /** Nothing is left of it. */
  public static void delete(Connection to, JobId id) throws SQLException {
    int unused = Sql.update(to, "delete from job where id = ?", id);
  }

  /** Whether there is a row of it, also if it is gone. */
  public static boolean known(Connection from, JobId id) throws SQLException {
    return Sql.number(from, "select count(*) from job where id = ?", id) > 0;
  }

  /** By state, how many. */
  public static int count(Connection from, JobState state) throws SQLException {
    return (int)
        Sql.number(from, "select count(*) from job where state = ? and gone = 0", state.text());
  }

  private static String search(VideoOrder order, String note) {
    return lower(
        String.join("\n", order.wish().prompts())
            + "\n"
            + order.wish().negative().orElse("")
            + "\n"
            + note);
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  private static void equal(
      StringBuilder sql, List<Object> args, String column, Optional<String> value) {
    value.ifPresent(text -> {
      sql.append(" and ").append(column).append(" = ?");
      args.add(text);
    });
  }
}
