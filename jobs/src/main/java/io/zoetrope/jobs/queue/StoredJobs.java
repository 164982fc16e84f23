package io.zoetrope.jobs.queue;

import io.zoetrope.jobs.Input;
import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobChange;
import io.zoetrope.jobs.JobEvent;
import io.zoetrope.jobs.JobFilter;
import io.zoetrope.jobs.JobId;
import io.zoetrope.jobs.JobRequest;
import io.zoetrope.jobs.Jobs;
import io.zoetrope.jobs.JobsException;
import io.zoetrope.jobs.JobsException.Kind;
import io.zoetrope.jobs.QueueState;
import io.zoetrope.jobs.Runner;
import io.zoetrope.jobs.Store;
import io.zoetrope.jobs.store.Database;
import io.zoetrope.jobs.store.EventTable;
import io.zoetrope.jobs.store.ExpiredTable;
import io.zoetrope.jobs.store.InputTable;
import io.zoetrope.jobs.store.JobTable;
import io.zoetrope.jobs.store.LeaseTable;
import io.zoetrope.jobs.store.QueueTable;
import io.zoetrope.jobs.store.WorkerTable;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Jobs in a database and a folder. Any number of processes may have the same ones open, each under
 * a name of its own: those with runners make jobs, the others only take them.
 */
public final class StoredJobs implements Jobs {
  private final JobsConfig config;
  private final Store store;
  private final HostLock lock;
  private final Database database;
  private final News news = new News();
  private final Ledger ledger;
  private final Acceptance acceptance;
  private final Uploads uploads;
  private final Attempts attempts;
  private final Supervisor supervisor;
  private final Schedule schedule;
  private final Changes changes;
  private final Tidying tidying;
  private final Beats beats;
  private volatile boolean draining;

  private StoredJobs(JobsConfig config, HostLock lock, Database database, List<Runner> runners) {
    this.config = config;
    this.lock = lock;
    this.database = database;
    this.store = new Store(config.store());
    this.ledger = new Ledger(database, news);
    Sources sources = new Sources(database, store);
    Folders folders = new Folders(store);
    this.acceptance = new Acceptance(ledger, config, sources);
    this.uploads = new Uploads(database, sources, store, config.name());
    Reporter reporter = new Reporter(ledger);
    this.attempts = new Attempts(ledger, reporter, config, store, folders);
    this.supervisor = new Supervisor(ledger, config, attempts, runners);
    this.schedule = new Schedule(database, supervisor.scheduler());
    this.changes = new Changes(ledger, acceptance, folders);
    this.tidying = new Tidying(ledger, config, store, folders, attempts);
    this.beats = new Beats(ledger, config, supervisor, reporter, attempts, schedule, tidying);
  }

  /**
   * Opens them; nothing is made before {@link #start}.
   *
   * @param runners that make jobs, each one at a time; none if others do. They are closed with this
   * @throws JobsException INVALID, if a process of this name has the store open; DATABASE, if there
   *     is none
   */
  public static StoredJobs open(JobsConfig config, List<Runner> runners) {
    HostLock lock = HostLock.take(config.store(), config.name());
    try {
      Database database = Database.open(config.url());
      try {
        return new StoredJobs(config, lock, database, runners);
      } catch (RuntimeException e) {
        database.close();
        throw e;
      }
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /** What earlier processes of this name left undone goes back to the queue; then jobs are made. */
  public StoredJobs start() {
    int unused = database.write(c -> LeaseTable.dead(c, config.name()));
    database.change(c -> WorkerTable.remove(c, config.name()));
    try {
      uploads.sweep();
      beats.sweep();
      tidying.orphans();
    } catch (IOException e) {
      throw new JobsException(
          Kind.INVALID, "the store cannot be tidied: %s".formatted(e.getMessage()), e);
    }
    beats.start();
    supervisor.start();
    return this;
  }

  @Override
  public Job submit(JobRequest request) {
    return submit(List.of(request)).getFirst();
  }

  @Override
  public List<Job> submit(List<JobRequest> requests) {
    requireOpen();
    requireSpace();
    Acceptance.Accepted accepted = acceptance.take(requests);
    if (!database.read(QueueTable::paused)) {
      accepted.added().forEach(schedule::add);
    }
    supervisor.nudge();
    return accepted.jobs();
  }

  @Override
  public Optional<Job> find(JobId id) {
    return database.read(c -> JobTable.find(c, id)).map(this::dated);
  }

  @Override
  public Job require(JobId id) {
    return find(id)
        .orElseThrow(() ->
            database.read(c -> ExpiredTable.has(c, id))
                ? new JobsException(Kind.EXPIRED, "job %s was tidied away".formatted(id))
                : Changes.missing(id));
  }

  @Override
  public Optional<Job> latest(Optional<String> owner, String fingerprint, Duration within) {
    return database
        .read(c -> JobTable.latest(c, owner, fingerprint, database.now().minus(within)))
        .map(this::dated);
  }

  @Override
  public List<Job> list(JobFilter filter) {
    return database.read(c -> JobTable.list(c, filter)).stream().map(this::dated).toList();
  }

  @Override
  public Job change(JobId id, JobChange change) {
    changes.change(id, change);
    return require(id);
  }

  @Override
  public Job cancel(JobId id) {
    if (changes.cancel(id)) {
      schedule.remove(id);
    }
    supervisor.running(id).ifPresent(Watched::cancel);
    return require(id);
  }

  @Override
  public Job retry(JobId id) {
    requireOpen();
    schedule(changes.retry(id));
    return require(id);
  }

  @Override
  public Job finish(JobId id) {
    requireOpen();
    schedule(changes.finish(id));
    return require(id);
  }

  @Override
  public void delete(JobId id) {
    if (changes.delete(id)) {
      schedule.remove(id);
    }
    supervisor.running(id).ifPresent(Watched::cancel);
  }

  @Override
  public Optional<Integer> position(JobId id) {
    return database.read(c -> JobTable.position(c, id));
  }

  @Override
  public QueueState queue() {
    return database.read(c ->
        new QueueState(
            QueueTable.paused(c),
            JobTable.waiting(c).stream().map(JobTable.Waiting::id).toList(),
            JobTable.running(c),
            WorkerTable.list(c)));
  }

  @Override
  public void pause() {
    if (changes.pause(true)) {
      schedule.clear();
    }
  }

  @Override
  public void resume() {
    if (changes.pause(false)) {
      int unused = schedule.sweep();
      supervisor.nudge();
    }
  }

  @Override
  public Input upload(InputStream bytes, long most, Look look) {
    requireOpen();
    requireSpace();
    return uploads.take(bytes, most, look);
  }

  @Override
  public Optional<Input> input(String sha256) {
    return database.read(c -> InputTable.find(c, sha256));
  }

  @Override
  public long newestEvent() {
    return database.read(QueueTable::event);
  }

  @Override
  public List<JobEvent> events(long after) {
    return database.read(c -> EventTable.after(c, after, 1000));
  }

  @Override
  public Runnable listen(Consumer<Long> listener) {
    news.tell(database.read(QueueTable::event));
    return news.listen(listener);
  }

  @Override
  public Store store() {
    return store;
  }

  @Override
  public Shelf shelf(String kind) {
    return new StoredShelf(database, kind);
  }

  @Override
  public List<String> ailments() {
    return new Health(database, config).ailments();
  }

  @Override
  public void drain(Duration patience) {
    draining = true;
    supervisor.drain(patience);
  }

  @Override
  public void close() {
    draining = true;
    supervisor.close();
    beats.close();
    news.close();
    try {
      database.change(c -> WorkerTable.remove(c, config.name()));
    } finally {
      database.close();
      lock.close();
    }
  }

  /** Makes room now, as is done each minute. */
  void tidy() {
    try {
      tidying.run();
    } catch (IOException e) {
      throw new JobsException(Kind.NO_SPACE, "what is old cannot be deleted", e);
    }
  }

  private void schedule(JobTable.Waiting waiting) {
    if (!database.read(QueueTable::paused)) {
      schedule.add(waiting);
    }
    supervisor.nudge();
  }

  private Job dated(Job job) {
    return job.star() || !job.state().over()
        ? job
        : job.withExpires(job.completed().map(time -> time.plus(config.limits().history())));
  }

  private void requireOpen() {
    if (draining) {
      throw new JobsException(
          Kind.DRAINING, "this server is about to stop: try again later", Duration.ofSeconds(10));
    }
  }

  private void requireSpace() {
    long free = config.free();
    if (free < config.limits().free()) {
      throw new JobsException(
          Kind.NO_SPACE,
          "the disk of the server is nearly full: %s MiB are free, and %s are needed"
              .formatted(free >> 20, config.limits().free() >> 20),
          Duration.ofMinutes(1));
    }
  }
}
