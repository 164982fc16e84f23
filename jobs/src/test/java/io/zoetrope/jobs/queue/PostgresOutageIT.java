package io.zoetrope.jobs.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.jobs.FakeRunner;
import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobFilter;
import io.zoetrope.jobs.JobState;
import io.zoetrope.jobs.JobsException.Kind;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The PostgreSQL is killed under jobs, and comes back. */
class PostgresOutageIT extends JobsFixture {
  @TempDir Path data;
  private EmbeddedPostgres postgres;

  @BeforeEach
  void start() throws IOException {
    postgres = builder().start();
  }

  private EmbeddedPostgres.Builder builder() {
    return EmbeddedPostgres.builder()
        .setDataDirectory(data.resolve("postgres"))
        .setCleanDataDirectory(false);
  }

  @AfterEach
  void stop() throws IOException {
    closeAll();
    postgres.close();
  }

  @Override
  Optional<String> database() {
    return Optional.of(
        "jdbc:postgresql://localhost:%s/postgres?user=postgres".formatted(postgres.getPort()));
  }

  /** At once: it writes nothing any more, and says good-bye to nobody. */
  private void kill() throws IOException {
    String pid = Files.readAllLines(data.resolve("postgres/postmaster.pid")).getFirst();
    ProcessHandle server = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    server.destroyForcibly();
    eventually(() -> !server.isAlive());
  }

  @Test
  void anOutageIsSaidAndLosesNothing() throws Exception {
    StoredJobs jobs = jobs(FakeRunner.of(Duration.ofMillis(200)));
    Job running = jobs.submit(Orders.request("a ball"));
    Job waiting = jobs.submit(Orders.request("another ball"));
    until(jobs, running.id(), JobState.RUNNING);

    kill();
    assertKind(Kind.DATABASE, () -> jobs.submit(Orders.request("nobody hears this")));
    assertThat(jobs.ailments()).isNotEmpty();

    postgres.close();
    postgres = builder().setPort(postgres.getPort()).start();
    eventually(() -> jobs.ailments().isEmpty());
    Job later = jobs.submit(Orders.request("a third ball"));
    for (Job job : new Job[] {running, waiting, later}) {
      Job made = until(jobs, job.id(), JobState.COMPLETED);
      Path file = jobs.store().job(made.id()).resolve(made.result().orElseThrow().file());
      assertThat(file).hasBinaryContent(FakeRunner.bytes(made));
    }
    assertThat(jobs.list(JobFilter.newest(10))).hasSize(3);
  }
}
