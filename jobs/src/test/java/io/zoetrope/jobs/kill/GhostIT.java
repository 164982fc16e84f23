package io.zoetrope.jobs.kill;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.jobs.FakeRunner;
import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobId;
import io.zoetrope.jobs.JobState;
import io.zoetrope.jobs.Jobs;
import io.zoetrope.jobs.queue.Postgres;
import io.zoetrope.jobs.queue.StoredJobs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server that is frozen past its lease: its job is made by another, and what it writes when it
 * goes on changes nothing.
 */
class GhostIT {
  private static final String ORDER =
      "{\"task\":{\"kind\":\"generate\"},\"wish\":{\"prompts\":[\"a ball\"]},"
          + "\"model\":{\"name\":\"toybox\"}}";

  @TempDir Path store;

  private final ConcurrentHashMap<String, String> posted = new ConcurrentHashMap<>();

  @Test
  void aGhostChangesNothingWhileAnotherIsAtItOnPostgres() throws IOException, InterruptedException {
    refused(Optional.of(Postgres.newDatabase()), false);
  }

  @Test
  void aGhostChangesNothingOnceItIsMade() throws IOException, InterruptedException {
    refused(Optional.empty(), true);
  }

  private void refused(Optional<String> database, boolean made)
      throws IOException, InterruptedException {
    try (StoredJobs front = open(database, "front", "none");
        Held frozen =
            Held.start(new Host.Settings(store, database, "frozen", "stubborn:200"), posted)) {
      JobId id = post(frozen, "one");
      eventually(() -> front.require(id).progress().step() >= 3);
      Processes.signal("STOP", frozen.pid());
      try (StoredJobs other = open(database, "other", made ? "here:10" : "here:700")) {
        eventually(() -> front.require(id).attempt() == 2);
        if (made) {
          eventually(() -> front.require(id).state() == JobState.COMPLETED);
        }
        Processes.signal("CONT", frozen.pid());
        eventually(() -> other.require(id).state() == JobState.COMPLETED);
      }
      eventually(() -> !Files.exists(front.store().attempt(id, 1)));

      Job job = front.require(id);
      assertThat(job.attempt()).isEqualTo(2);
      assertThat(job.result().orElseThrow().file()).isEqualTo("attempt-2/video.mp4");
      assertThat(front.store().attempt(id, 2).resolve("video.mp4"))
          .hasBinaryContent(FakeRunner.bytes(job));
      assertThat(completions(front, id)).isEqualTo(1);
      JobId next = post(frozen, "two");
      eventually(() -> front.require(next).state() == JobState.COMPLETED);
    }
  }

  private JobId post(Held host, String key) throws InterruptedException {
    assertThat(host.send("post " + key + " " + ORDER)).isTrue();
    eventually(() -> posted.containsKey(key));
    return new JobId(posted.getOrDefault(key, ""));
  }

  private StoredJobs open(Optional<String> database, String name, String worker) {
    Host.Settings settings = new Host.Settings(store, database, name, worker);
    return StoredJobs.open(settings.config(), settings.runners()).start();
  }

  private static long completions(Jobs jobs, JobId id) {
    return jobs.events(0).stream()
        .filter(event -> event.job().equals(Optional.of(id)))
        .filter(event -> event.json().contains("\"completed\""))
        .count();
  }

  private static void eventually(BooleanSupplier is) throws InterruptedException {
    long end = System.nanoTime() + 30_000_000_000L;
    while (!is.getAsBoolean()) {
      assertThat(System.nanoTime()).as("it is so in time").isLessThan(end);
      Thread.sleep(20);
    }
  }
}
