package io.zoetrope.jobs.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.jobs.FakeRunner;
import io.zoetrope.jobs.Input;
import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobId;
import io.zoetrope.jobs.JobState;
import io.zoetrope.jobs.Jobs;
import io.zoetrope.jobs.JobsException;
import io.zoetrope.jobs.JobsException.Kind;
import io.zoetrope.jobs.Runner;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** Jobs in a folder of a test, on whatever database. */
abstract class JobsFixture {
  static final JobsConfig.Limits QUICK =
      JobsConfig.Limits.USUAL.withHeartbeat(Duration.ofMillis(250)).withFree(0);

  @TempDir Path folder;
  private final List<StoredJobs> open = new ArrayList<>();

  /** The database of a test; empty for the store's own. */
  abstract Optional<String> database();

  @AfterEach
  void closeAll() {
    open.forEach(StoredJobs::close);
    open.clear();
  }

  StoredJobs jobs(Runner... runners) {
    return jobs("a", QUICK, runners);
  }

  StoredJobs jobs(String name, JobsConfig.Limits limits, Runner... runners) {
    StoredJobs jobs =
        StoredJobs.open(new JobsConfig(folder, database(), name, limits), List.of(runners)).start();
    open.add(jobs);
    return jobs;
  }

  void close(StoredJobs jobs) {
    open.remove(jobs);
    jobs.close();
  }

  static FakeRunner quick() {
    return FakeRunner.of(Duration.ofMillis(10));
  }

  static FakeRunner slow() {
    return FakeRunner.of(Duration.ofMillis(400));
  }

  static void eventually(BooleanSupplier is) {
    long end = System.nanoTime() + 20_000_000_000L;
    while (!is.getAsBoolean()) {
      assertThat(System.nanoTime()).as("it is so in time").isLessThan(end);
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  static Job until(Jobs jobs, JobId id, JobState state) {
    eventually(() -> jobs.require(id).state() == state);
    return jobs.require(id);
  }

  static void assertKind(Kind kind, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(JobsException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }

  Input upload(Jobs jobs, byte[] bytes) {
    return jobs.upload(new ByteArrayInputStream(bytes), 1000, this::png);
  }

  Input png(Path file, String sha256, long bytes) {
    assertThat(file).exists();
    return new Input(sha256, bytes, "png", 3, 4, Optional.empty(), Optional.empty(), Instant.EPOCH);
  }
}
