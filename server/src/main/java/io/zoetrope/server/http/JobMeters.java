package io.zoetrope.server.http;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobEvent;
import io.zoetrope.jobs.JobFilter;
import io.zoetrope.jobs.JobId;
import io.zoetrope.jobs.JobState;
import io.zoetrope.jobs.Jobs;
import io.zoetrope.jobs.QueueState;
import io.zoetrope.record.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Counts what becomes of jobs and measures how long it takes, from their events: those of all
 * servers on one database.
 */
final class JobMeters implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(JobMeters.class);
  private static final int MOST_SEEN = 10_000;

  private static final Duration[] BOUNDS = {
    Duration.ofSeconds(1),
    Duration.ofSeconds(5),
    Duration.ofSeconds(15),
    Duration.ofMinutes(1),
    Duration.ofMinutes(5),
    Duration.ofMinutes(30),
    Duration.ofHours(3)
  };

  /** How often it is looked in which phase those are that are made. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final Jobs jobs;
  private final MeterRegistry registry;
  private final Map<JobId, Seen> seen =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<JobId, Seen> eldest) {
          return size() > MOST_SEEN;
        }
      };
  private final Map<JobId, Phase> phases = new HashMap<>();
  private final Runnable deaf;
  private final Thread looking;
  private long last;

  private static final class Seen {
    private @Nullable JobState state;
    private long row;
    private long rowNanos;
    private long frames;
  }

  private record Phase(String name, long since) {}

  JobMeters(Jobs jobs, MeterRegistry registry) {
    this.jobs = jobs;
    this.registry = registry;
    this.last = jobs.newestEvent();
    Gauge.builder("zoetrope.queue.depth", this, m -> m.queue().waiting().size())
        .description("Jobs that wait")
        .register(registry);
    Gauge.builder("zoetrope.queue.oldest.seconds", this, JobMeters::oldest)
        .description("How long the oldest of them has waited")
        .register(registry);
    Gauge.builder("zoetrope.jobs.running", this, m -> m.queue().running().size())
        .description("Jobs that are made")
        .register(registry);
    Gauge.builder("zoetrope.workers", this, m -> m.queue().workers().size())
        .description("Workers that take jobs")
        .register(registry);
    this.deaf = jobs.listen(newest -> read());
    this.looking = Thread.ofVirtual().name("job-phases").start(this::look);
  }

  private QueueState queue() {
    return jobs.queue();
  }

  private double oldest() {
    JobFilter waiting = JobFilter.newest(1);
    List<Job> first =
        jobs.list(
            new JobFilter(
                Set.of(JobState.QUEUED),
                waiting.board(),
                waiting.batch(),
                waiting.starred(),
                waiting.words(),
                waiting.owner(),
                Optional.empty(),
                /* ascending= */ true,
                1));
    return first.isEmpty() ? 0 : seconds(first.getFirst().created(), Instant.now());
  }

  private synchronized void read() {
    List<JobEvent> events = jobs.events(last);
    while (!events.isEmpty()) {
      for (JobEvent event : events) {
        last = event.id();
        event.job().ifPresent(id -> count(event, id));
      }
      events = jobs.events(last);
    }
  }

  private void count(JobEvent event, JobId id) {
    Seen before = seen.computeIfAbsent(id, key -> new Seen());
    switch (event.type()) {
      case "job" ->
          jobs.find(id)
              .ifPresentOrElse(job -> job(job, data(event), before), () -> seen.remove(id));
      case "step" -> step(data(event), before);
      case "frame" -> {
        long frames = data(event).path("frames").asLong(0);
        registry.counter("zoetrope.frames").increment(Math.max(0, frames - before.frames));
        before.frames = frames;
      }
      default -> {}
    }
  }

  private static JsonNode data(JobEvent event) {
    return Json.MAPPER.readTree(event.json());
  }

  private void job(Job job, JsonNode data, Seen before) {
    JobState state = JobState.of(data.path("state").asString(job.state().text()));
    if (state == before.state) {
      return;
    }
    if (before.state == JobState.RUNNING && state == JobState.QUEUED) {
      registry.counter("zoetrope.jobs.returned").increment();
    }
    before.state = state;
    before.row = 0;
    before.frames = 0;
    registry
        .counter(
            "zoetrope.jobs",
            "state",
            state.text(),
            "task",
            job.task(),
            "model",
            job.order().model().name())
        .increment();
    if (state == JobState.RUNNING && job.started().isPresent()) {
      phase("queued").record(between(job.created(), job.started().get()));
    }
    if (state.over() && job.started().isPresent() && job.completed().isPresent()) {
      phase("all").record(between(job.started().get(), job.completed().get()));
    }
  }

  private void step(JsonNode data, Seen before) {
    long row = data.path("row").asLong(0);
    long now = System.nanoTime();
    if (row == before.row + 1 && before.row > 0) {
      Timer.builder("zoetrope.step")
          .description("From one row of a plan to the next")
          .serviceLevelObjectives(BOUNDS)
          .register(registry)
          .record(Duration.ofNanos(now - before.rowNanos));
    }
    before.row = row;
    before.rowNanos = now;
  }

  private Timer phase(String name) {
    return Timer.builder("zoetrope.job")
        .description("What jobs spend their time with: queued, loading, sampling, ..., all")
        .tag("phase", name)
        .serviceLevelObjectives(BOUNDS)
        .register(registry);
  }

  private void look() {
    try {
      while (true) {
        Thread.sleep(LOOK);
        try {
          lookOnce();
        } catch (RuntimeException e) {
          LOG.debug("phases cannot be seen now", e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  private void lookOnce() {
    Map<JobId, String> now = new HashMap<>();
    for (JobId id : jobs.queue().running()) {
      jobs.find(id).flatMap(job -> job.progress().phase()).ifPresent(name -> now.put(id, name));
    }
    long nanos = System.nanoTime();
    phases
        .entrySet()
        .removeIf(entry -> {
          Phase phase = entry.getValue();
          boolean over = !phase.name().equals(now.get(entry.getKey()));
          if (over) {
            phase(phase.name()).record(Duration.ofNanos(nanos - phase.since()));
          }
          return over;
        });
    now.forEach((id, name) -> phases.putIfAbsent(id, new Phase(name, nanos)));
  }

  private static Duration between(Instant from, Instant to) {
    Duration time = Duration.between(from, to);
    return time.isNegative() ? Duration.ZERO : time;
  }

  private static double seconds(Instant from, Instant to) {
    return between(from, to).toMillis() / 1000.0;
  }

  @Override
  public void close() {
    deaf.run();
    looking.interrupt();
  }
}
