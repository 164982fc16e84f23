package io.zoetrope.jobs.queue;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.TaskDescriptor;
import io.zoetrope.jobs.JobId;
import io.zoetrope.jobs.store.Database;
import io.zoetrope.jobs.store.JobTable.Waiting;
import io.zoetrope.jobs.store.TaskTable;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The scheduler's tasks, one for each job that waits or is made. They follow the jobs: a job is
 * changed first, in a transaction of its own, then its task; what a crash leaves between the two is
 * mended by {@link #sweep}.
 */
final class Schedule {
  private static final Logger LOG = LoggerFactory.getLogger(Schedule.class);

  /** The one kind of task. Its instances are jobs, by their names; it has no data. */
  static final TaskDescriptor<Void> RUN_JOB = TaskDescriptor.of(TaskTable.RUN_JOB);

  private final Database database;
  private final SchedulerClient client;

  Schedule(Database database, SchedulerClient client) {
    this.database = database;
    this.client = client;
  }

  /**
   * It waits for its turn. If that cannot be written down now, the sweep does it: the job is taken
   * all the same.
   */
  void add(Waiting job) {
    try {
      boolean unused =
          client.scheduleIfNotExists(
              RUN_JOB.instance(job.id().text()).build(), Turns.due(job.place()));
    } catch (RuntimeException e) {
      LOG.warn("{} gets its task later: {}", job.id(), e.getMessage());
    }
  }

  /** It waits no more. */
  void remove(JobId id) {
    database.change(c -> TaskTable.remove(c, id));
  }

  /** Nothing is begun: those that wait have no tasks. */
  void clear() {
    database.change(TaskTable::removeWaiting);
  }

  /** Jobs that wait get the tasks that they lack. */
  int sweep() {
    List<Waiting> without = database.read(TaskTable::without);
    without.forEach(this::add);
    return without.size();
  }
}
