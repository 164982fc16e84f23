package io.zoetrope.server;

import io.zoetrope.jobs.Input;
import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobChange;
import io.zoetrope.jobs.JobError;
import io.zoetrope.jobs.JobEvent;
import io.zoetrope.jobs.JobFilter;
import io.zoetrope.jobs.JobId;
import io.zoetrope.jobs.JobProgress;
import io.zoetrope.jobs.JobRequest;
import io.zoetrope.jobs.JobState;
import io.zoetrope.jobs.Jobs;
import io.zoetrope.jobs.JobsException;
import io.zoetrope.jobs.JobsException.Kind;
import io.zoetrope.jobs.QueueState;
import io.zoetrope.jobs.Store;
import io.zoetrope.pipeline.order.TaskSpec;
import io.zoetrope.record.RecordReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;

/** Jobs in memory, which a test moves on by hand. */
public final class MemoryJobs implements Jobs {
  private final Path folder;
  private final Map<JobId, Job> jobs = new ConcurrentSkipListMap<>();
  private final Map<String, JobId> keys = new ConcurrentHashMap<>();
  private final Map<String, JobId> prints = new ConcurrentHashMap<>();
  private final Map<String, Input> inputs = new ConcurrentHashMap<>();
  private final Map<String, Shelf> shelves = new ConcurrentHashMap<>();
  private final List<JobRequest> requests = new ArrayList<>();
  private volatile List<String> ailments = List.of();
  private volatile Optional<RuntimeException> trouble = Optional.empty();

  public MemoryJobs(Path folder) {
    this.folder = folder;
  }

  /** What every call throws from now on. */
  public void trouble(RuntimeException thrown) {
    trouble = Optional.of(thrown);
  }

  public void ails(String... lines) {
    ailments = List.of(lines);
  }

  /** All that was asked for, in order. */
  public synchronized List<JobRequest> requests() {
    return List.copyOf(requests);
  }

  @Override
  public synchronized Job submit(JobRequest request) {
    trouble.ifPresent(e -> {
      throw e;
    });
    Optional<JobId> first = request.idempotencyKey().map(keys::get);
    if (first.isPresent()) {
      return require(first.get());
    }
    requests.add(request);
    JobId id = JobId.next();
    var wish = request.order().wish();
    Job job =
        new Job(
            id,
            JobState.QUEUED,
            request.order().withWish(wish.withSeed(wish.seed().orElse(7L))),
            RecordReader.kind(TaskSpec.class, request.order().task().getClass()),
            Job.Shape.UNKNOWN,
            JobProgress.NONE,
            0,
            Optional.empty(),
            Optional.empty(),
            request.draftRows(),
            request.owner(),
            request.batch(),
            request.board(),
            false,
            "",
            request.remixedFrom(),
            request.priority(),
            List.of(),
            Instant.now(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    jobs.put(id, job);
    request.idempotencyKey().ifPresent(key -> keys.put(key, id));
    request.fingerprint().ifPresent(print -> prints.put(request.owner() + print, id));
    return job;
  }

  @Override
  public List<Job> submit(List<JobRequest> all) {
    return all.stream().map(this::submit).toList();
  }

  @Override
  public Optional<Job> find(JobId id) {
    trouble.ifPresent(e -> {
      throw e;
    });
    return Optional.ofNullable(jobs.get(id));
  }

  @Override
  public Job require(JobId id) {
    return find(id).orElseThrow(() -> new JobsException(Kind.NOT_FOUND, "there is no video " + id));
  }

  @Override
  public synchronized Optional<Job> latest(
      Optional<String> owner, String fingerprint, Duration within) {
    return Optional.ofNullable(prints.get(owner + fingerprint))
        .map(this::require)
        .filter(job -> job.created().plus(within).isAfter(Instant.now()));
  }

  @Override
  public List<Job> list(JobFilter filter) {
    Comparator<JobId> order =
        filter.ascending() ? Comparator.naturalOrder() : Comparator.reverseOrder();
    return jobs.values().stream()
        .filter(job -> filter.states().isEmpty() || filter.states().contains(job.state()))
        .filter(job -> filter.owner().isEmpty() || filter.owner().equals(job.owner()))
        .sorted(Comparator.comparing(Job::id, order))
        .filter(job -> filter.after().map(id -> order.compare(job.id(), id) > 0).orElse(true))
        .limit(filter.limit())
        .toList();
  }

  @Override
  public Job change(JobId id, JobChange change) {
    return require(id);
  }

  @Override
  public Job cancel(JobId id) {
    return put(
        with(
            require(id),
            JobState.CANCELLED,
            JobProgress.NONE,
            Optional.of(JobError.of("cancelled", "somebody did not want it any more")),
            Optional.empty(),
            Job.Shape.UNKNOWN));
  }

  /** A worker has begun it. */
  public Job begin(JobId id, int percent, int step) {
    return put(
        with(
            require(id),
            JobState.RUNNING,
            new JobProgress(Optional.of("sampling"), percent, step, 0, Optional.of(14.0), step),
            Optional.empty(),
            Optional.empty(),
            new Job.Shape(128, 128, 16, 8, 25)));
  }

  /** A worker has made it. */
  public Job complete(JobId id, byte[] video) {
    try {
      Path attempt = Files.createDirectories(store().attempt(id, 1));
      Files.write(attempt.resolve("video.mp4"), video);
      Files.write(attempt.resolve("thumbnail.webp"), new byte[] {'R', 'I', 'F', 'F'});
      Files.write(attempt.resolve("sheet.jpg"), new byte[] {(byte) 0xff, (byte) 0xd8});
      return put(
          with(
              require(id),
              JobState.COMPLETED,
              new JobProgress(Optional.empty(), 100, 25, 0, Optional.empty(), 25),
              Optional.empty(),
              Optional.of(new Job.Result("attempt-1/video.mp4", video.length, hash(video))),
              new Job.Shape(128, 128, 16, 8, 25)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A worker cannot make it. */
  public Job fail(JobId id, JobError error) {
    return put(
        with(
            require(id),
            JobState.FAILED,
            JobProgress.NONE,
            Optional.of(error),
            Optional.empty(),
            Job.Shape.UNKNOWN));
  }

  private Job put(Job job) {
    jobs.put(job.id(), job);
    return job;
  }

  private static Job with(
      Job job,
      JobState state,
      JobProgress progress,
      Optional<JobError> error,
      Optional<Job.Result> result,
      Job.Shape shape) {
    return new Job(
        job.id(),
        state,
        job.order(),
        job.task(),
        shape,
        progress,
        1,
        error,
        result,
        job.draftRows(),
        job.owner(),
        job.batch(),
        job.board(),
        job.star(),
        job.note(),
        job.remixedFrom(),
        job.priority(),
        job.notes(),
        job.created(),
        Optional.of(Instant.now()),
        state.over() ? Optional.of(Instant.now()) : Optional.empty(),
        Optional.empty());
  }

  @Override
  public Job retry(JobId id) {
    return require(id);
  }

  @Override
  public Job finish(JobId id) {
    return require(id);
  }

  @Override
  public void delete(JobId id) {
    jobs.remove(require(id).id());
  }

  @Override
  public Optional<Integer> position(JobId id) {
    List<JobId> waiting = queue().waiting();
    return waiting.contains(id) ? Optional.of(waiting.indexOf(id) + 1) : Optional.empty();
  }

  @Override
  public QueueState queue() {
    return new QueueState(false, in(JobState.QUEUED), in(JobState.RUNNING), List.of());
  }

  private List<JobId> in(JobState state) {
    return jobs.values().stream().filter(job -> job.state() == state).map(Job::id).toList();
  }

  @Override
  public void pause() {}

  @Override
  public void resume() {}

  @Override
  public Input upload(InputStream bytes, long most, Look look) {
    try {
      Path file = Files.createTempFile(folder, "upload", null);
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      long length;
      try (InputStream hashed = new DigestInputStream(bytes, digest)) {
        length = Files.copy(hashed, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      }
      String sha = HexFormat.of().formatHex(digest.digest());
      Input input = look.at(file, sha, length);
      Path to = store().input(sha);
      Files.createDirectories(to.getParent());
      Files.move(file, to, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      inputs.put(sha, input);
      return input;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Optional<Input> input(String sha256) {
    return Optional.ofNullable(inputs.get(sha256));
  }

  @Override
  public List<JobEvent> events(long after) {
    return List.of();
  }

  @Override
  public Runnable listen(Consumer<Long> news) {
    return () -> {};
  }

  @Override
  public Store store() {
    return new Store(folder);
  }

  @Override
  public Shelf shelf(String kind) {
    return shelves.computeIfAbsent(kind, k -> new MemoryShelf());
  }

  private static final class MemoryShelf implements Shelf {
    private final Map<String, String> values = new LinkedHashMap<>();

    @Override
    public synchronized List<String> names() {
      return List.copyOf(values.keySet());
    }

    @Override
    public synchronized Optional<String> get(String name) {
      return Optional.ofNullable(values.get(name));
    }

    @Override
    public synchronized void put(String name, String json) {
      values.put(name, json);
    }

    @Override
    public synchronized boolean remove(String name) {
      return values.remove(name) != null;
    }
  }

  @Override
  public List<String> ailments() {
    return ailments;
  }

  @Override
  public void drain(Duration patience) {}

  @Override
  public void close() {}

  private static String hash(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
