package io.zoetrope.jobs.kill;

import io.zoetrope.jobs.FakeRunner;
import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobFilter;
import io.zoetrope.jobs.JobId;
import io.zoetrope.jobs.JobRequest;
import io.zoetrope.jobs.JobState;
import io.zoetrope.jobs.Store;
import io.zoetrope.jobs.queue.Postgres;
import io.zoetrope.jobs.queue.StoredJobs;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.torch.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Kills servers, workers or both at random moments while jobs are posted; afterwards each job that
 * was answered must be made exactly once, with the bytes of an undisturbed run, and nothing else
 * may be left.
 *
 * <p>{@code KillTrial STORE sqlite|postgres KILLS fake:MILLIS|real [SEED]}
 */
public final class KillTrial {
  private static final String ORDER =
      "{\"task\":{\"kind\":\"generate\"},\"wish\":{\"prompts\":[\"%s\"],\"seed\":%s%s},"
          + "\"model\":{\"name\":\"toybox\"}}";

  private final Path store;
  private final Optional<String> database;
  private final String worker;
  private final Random random;
  private final ConcurrentHashMap<String, String> posted = new ConcurrentHashMap<>();
  private final Map<VideoOrder, String> undisturbed = new HashMap<>();
  private final List<Held> hosts = new ArrayList<>();
  private final int pace;
  private int keys;
  private long nextKey;

  KillTrial(Path store, Optional<String> database, String worker, long seed) {
    this.store = store;
    this.database = database;
    this.worker = worker;
    this.random = new Random(seed);
    this.pace = worker.equals("real") ? 3000 : 500;
  }

  /**
   * What came of it.
   *
   * @param kills by what was killed
   * @param jobs that were answered
   * @param attempts of all of them
   * @param adopted jobs whose file an earlier attempt had finished
   * @param seconds that it took
   */
  record Outcome(Map<String, Integer> kills, int jobs, int attempts, int adopted, long seconds) {}

  /** What may be killed. */
  private enum Victim {
    SERVER,
    WORKER,
    BOTH
  }

  /** The program. */
  public static void main(String[] args) throws Exception {
    KillTrial trial =
        new KillTrial(
            Path.of(args[0]),
            args[1].equals("postgres") ? Optional.of(Postgres.newDatabase()) : Optional.empty(),
            args[3],
            args.length > 4 ? Long.parseLong(args[4]) : System.nanoTime());
    System.out.println(trial.run(Integer.parseInt(args[2])));
  }

  Outcome run(int kills) throws IOException, InterruptedException {
    long begin = System.nanoTime();
    Map<String, Integer> killed = new LinkedHashMap<>();
    for (String name : names()) {
      hosts.add(start(name));
    }
    for (int i = 0; i < kills; i++) {
      int at = random.nextInt(hosts.size());
      Victim victim = Victim.values()[i % Victim.values().length];
      postFor(victim == Victim.WORKER ? workerTime(hosts.get(at)) : 200 + random.nextInt(5 * pace));
      killed.merge(victim.name(), 1, Integer::sum);
      kill(at, victim);
    }
    await();
    for (Held host : hosts) {
      host.close();
    }
    return check(killed, begin);
  }

  /** One server on SQLite, two on PostgreSQL. */
  private List<String> names() {
    return database.isPresent() ? List.of("a", "b") : List.of("a");
  }

  private Held start(String name) throws IOException {
    return Held.start(new Host.Settings(store, database, name, worker), posted);
  }

  /** A worker is killed while it works: it has to be there first. */
  private int workerTime(Held host) throws InterruptedException {
    long end = System.nanoTime() + 30_000_000_000L;
    while (host.worker().isEmpty() && System.nanoTime() < end) {
      postFor(100);
    }
    return random.nextInt(2 * pace);
  }

  private void kill(int at, Victim victim) throws IOException, InterruptedException {
    Held host = hosts.get(at);
    switch (victim) {
      case SERVER -> host.kill();
      case WORKER -> host.killWorker();
      case BOTH -> {
        host.killWorker();
        host.kill();
      }
    }
    if (victim != Victim.WORKER) {
      hosts.set(at, start(names().get(at)));
    }
  }

  /** Posts for so long, what was not answered again and again. */
  private void postFor(int millis) throws InterruptedException {
    long end = System.nanoTime() + millis * 1_000_000L;
    do {
      if (keys - posted.size() < 3 && System.nanoTime() > nextKey) {
        keys++;
        nextKey = System.nanoTime() + (long) (random.nextDouble() * 2e6 * pace);
      }
      for (int key = 0; key < keys; key++) {
        if (!posted.containsKey("key" + key)) {
          boolean unused = post(key);
        }
      }
      Thread.sleep(40 + random.nextInt(120));
    } while (System.nanoTime() < end);
  }

  private boolean post(int key) {
    Held host = hosts.get(random.nextInt(hosts.size()));
    return host.send(
        "post key%s ".formatted(key)
            + (worker.equals("real")
                ? ORDER.formatted("a red ball", key % 2, ",\"steps\":2")
                : ORDER.formatted("ball " + key, key, "")));
  }

  private void await() throws InterruptedException {
    long end = System.nanoTime() + 120_000_000_000L;
    while (posted.size() < keys) {
      require(System.nanoTime() < end, "all posts are answered");
      for (int key = 0; key < keys; key++) {
        if (!posted.containsKey("key" + key)) {
          boolean unused = post(key);
        }
      }
      Thread.sleep(200);
    }
  }

  private Outcome check(Map<String, Integer> killed, long begin)
      throws IOException, InterruptedException {
    try (StoredJobs jobs =
        StoredJobs.open(
                new Host.Settings(store, database, "check", worker).config(),
                new Host.Settings(store, database, "check", worker).runners())
            .start()) {
      awaitAll(jobs);
      int attempts = 0;
      int adopted = 0;
      Map<String, Long> completed = completions(jobs);
      for (String text : posted.values()) {
        Job job = jobs.require(new JobId(text));
        require(job.state() == JobState.COMPLETED, text + " is " + job.state());
        require(completed.getOrDefault(text, 0L) == 1, text + " is completed once");
        Job.Result result = job.result().orElseThrow();
        byte[] bytes = Files.readAllBytes(jobs.store().job(job.id()).resolve(result.file()));
        require(bytes.length == result.bytes(), text + " has all bytes");
        requireUndisturbed(jobs, job, bytes);
        attempts += job.attempt();
        adopted += result.file().startsWith("attempt-" + job.attempt() + "/") ? 0 : 1;
      }
      requireNothingElse(jobs);
      return new Outcome(
          killed, posted.size(), attempts, adopted, (System.nanoTime() - begin) / 1_000_000_000L);
    }
  }

  private void awaitAll(StoredJobs jobs) throws InterruptedException {
    long end = System.nanoTime() + 600_000_000_000L;
    for (String text : new TreeSet<>(posted.values())) {
      while (!jobs.require(new JobId(text)).state().over()) {
        require(System.nanoTime() < end, "all is made in time");
        Thread.sleep(50);
      }
    }
  }

  private static Map<String, Long> completions(StoredJobs jobs) {
    Map<String, Long> found = new LinkedHashMap<>();
    long last = 0;
    for (var events = jobs.events(last); !events.isEmpty(); events = jobs.events(last)) {
      last = events.getLast().id();
      events.stream()
          .filter(event -> event.json().contains("\"completed\""))
          .forEach(event -> found.merge(event.job().orElseThrow().text(), 1L, Long::sum));
    }
    return found;
  }

  /** Fakes are known beforehand; of the others each order is made once more, in peace. */
  private void requireUndisturbed(StoredJobs jobs, Job job, byte[] bytes)
      throws InterruptedException, IOException {
    if (!worker.equals("real")) {
      require(Arrays.equals(bytes, FakeRunner.bytes(job)), job.id() + " is as if undisturbed");
      return;
    }
    if (!undisturbed.containsKey(job.order())) {
      JobId id = jobs.submit(JobRequest.of(job.order())).id();
      while (!jobs.require(id).state().over()) {
        Thread.sleep(50);
      }
      undisturbed.put(job.order(), jobs.require(id).result().orElseThrow().sha256());
      jobs.delete(id);
    }
    require(
        job.result().orElseThrow().sha256().equals(undisturbed.get(job.order())),
        job.id() + " is as if undisturbed");
  }

  private void requireNothingElse(StoredJobs jobs) throws IOException {
    require(jobs.list(all()).size() == posted.size(), "there are no other jobs");
    Store files = jobs.store();
    TreeSet<String> folders = new TreeSet<>();
    try (Stream<Path> entries = Files.list(files.folder().resolve("jobs"))) {
      entries.forEach(entry -> folders.add(String.valueOf(entry.getFileName())));
    }
    require(folders.equals(new TreeSet<>(posted.values())), "each folder is a job's");
    for (String text : posted.values()) {
      try (Stream<Path> entries = Files.list(files.job(new JobId(text)))) {
        require(entries.count() == 1, text + " has one attempt");
      }
    }
    try (Stream<Path> tree = Files.walk(files.folder())) {
      List<Path> partial =
          tree.filter(path -> String.valueOf(path.getFileName()).startsWith(AtomicFiles.PREFIX))
              .toList();
      require(partial.isEmpty(), "nothing is half done: " + partial);
    }
  }

  private static JobFilter all() {
    return JobFilter.newest(100_000);
  }

  private static void require(boolean is, String what) {
    if (!is) {
      throw new IllegalStateException("it is not so that " + what);
    }
  }
}
