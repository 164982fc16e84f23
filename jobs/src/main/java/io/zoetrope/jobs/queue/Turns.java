package io.zoetrope.jobs.queue;

import io.zoetrope.jobs.JobId;
import io.zoetrope.jobs.store.JobTable;
import io.zoetrope.jobs.store.JobTable.Waiting;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Who goes next. Owners take turns: a job has the turn after the last one of its owner's that wait,
 * and never one that is past. So whoever orders fifty at once waits between them for those who
 * order one. A job of priority p goes as if it were p turns earlier; one's own jobs that are less
 * urgent do not delay it.
 *
 * <p>All of it is one number, the job's place: lower goes first. To the scheduler it is a time that
 * is long past.
 */
final class Turns {
  /** Places of one turn. */
  private static final long SPAN = 4096;

  /** Places between two jobs of one turn, for others to be moved between. */
  private static final long STEP = 16;

  /** The most that a priority can do. */
  static final int MOST = 100;

  private Turns() {}

  /** Where a job waits. */
  record Spot(long turn, long place) {}

  /**
   * The spot of a new job.
   *
   * @param reached the turn that was reached
   */
  static Spot next(Connection from, long reached, Optional<String> owner, int priority)
      throws SQLException {
    long turn = Math.max(reached, JobTable.lastTurn(from, owner, priority) + 1);
    long first = (turn - priority + MOST + 1) * SPAN;
    Optional<Long> last = JobTable.lastPlace(from, first, first + SPAN);
    long place = last.isEmpty() ? first + SPAN / 4 : Math.min(last.get() + STEP, first + SPAN - 1);
    return new Spot(turn, place);
  }

  /** When the scheduler is to begin it: long ago, in the order of places. */
  static Instant due(long place) {
    return Instant.ofEpochMilli(place);
  }

  /**
   * Moves one among those that wait.
   *
   * @param position from 1
   * @return all that have another place now
   */
  static List<Waiting> move(Connection to, JobId id, int position) throws SQLException {
    List<Waiting> others = new ArrayList<>(JobTable.waiting(to));
    others.removeIf(other -> other.id().equals(id));
    int at = Math.clamp(position - 1L, 0, others.size());
    if (others.isEmpty()) {
      return List.of();
    }
    long before = at == 0 ? others.getFirst().place() - 2 * STEP : others.get(at - 1).place();
    long after = at == others.size() ? before + 2 * STEP : others.get(at).place();
    if (after - before >= 2 && before >= 0) {
      Waiting moved = new Waiting(id, before + (after - before) / 2);
      JobTable.place(to, id, moved.place());
      return List.of(moved);
    }
    return spread(to, others, id, at);
  }

  /** There is no room between two: all after them are set apart. */
  private static List<Waiting> spread(Connection to, List<Waiting> others, JobId id, int at)
      throws SQLException {
    List<JobId> order = new ArrayList<>(others.stream().map(Waiting::id).toList());
    order.add(at, id);
    long place = Math.max(others.getFirst().place(), SPAN);
    List<Waiting> moved = new ArrayList<>();
    for (JobId one : order) {
      moved.add(new Waiting(one, place));
      JobTable.place(to, one, place);
      place += STEP;
    }
    return moved;
  }
}
