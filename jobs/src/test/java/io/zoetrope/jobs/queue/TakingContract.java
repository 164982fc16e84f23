package io.zoetrope.jobs.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.jobs.FakeRunner;
import io.zoetrope.jobs.Input;
import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobEvent;
import io.zoetrope.jobs.JobFilter;
import io.zoetrope.jobs.JobRequest;
import io.zoetrope.jobs.JobState;
import io.zoetrope.jobs.JobsException.Kind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What is taken is made and shown. */
abstract class TakingContract extends JobsFixture {
  @Test
  void aJobIsTakenMadeAndShown() throws IOException {
    StoredJobs jobs = jobs(quick());
    Job taken = jobs.submit(Orders.request("a red ball"));
    assertThat(taken.state()).isEqualTo(JobState.QUEUED);
    assertThat(taken.order().wish().seed()).as("a seed is drawn").isPresent();

    Job made = until(jobs, taken.id(), JobState.COMPLETED);

    assertThat(made.order()).isEqualTo(taken.order());
    assertThat(made.progress().percent()).isEqualTo(100);
    assertThat(made.progress().preview()).isEqualTo(5);
    assertThat(made.attempt()).isEqualTo(1);
    assertThat(made.shape()).isEqualTo(new Job.Shape(64, 64, 16, 8, 5));
    assertThat(made.notes()).containsExactly("made by a fake");
    assertThat(made.expires()).contains(made.completed().orElseThrow().plus(Duration.ofDays(30)));
    Path file = jobs.store().job(made.id()).resolve(made.result().orElseThrow().file());
    assertThat(Files.readAllBytes(file)).isEqualTo(FakeRunner.bytes(made));
    assertThat(jobs.list(JobFilter.newest(10))).containsExactly(made);
    assertThat(jobs.events(0))
        .extracting(JobEvent::type)
        .contains("job", "step", "frame", "worker");
    assertThat(jobs.queue().workers()).hasSize(1);
  }

  @Test
  void whatWaitsIsCancelledAtOnceAndWhatIsMadeAtTheNextStep() {
    StoredJobs jobs = jobs(slow());
    Job running = jobs.submit(Orders.request("slow one"));
    Job waiting = jobs.submit(Orders.request("another"));
    until(jobs, running.id(), JobState.RUNNING);

    assertThat(jobs.cancel(waiting.id()).state()).isEqualTo(JobState.CANCELLED);
    assertThat(jobs.require(running.id()).state()).isEqualTo(JobState.RUNNING);
    jobs.cancel(running.id());

    Job cancelled = until(jobs, running.id(), JobState.CANCELLED);
    assertThat(cancelled.error().orElseThrow().code()).isEqualTo("cancelled");
    eventually(() -> !Files.exists(jobs.store().job(running.id())));
  }

  @Test
  void bytesAreKeptOnceAndOnlyThoseThatWereUploadedAreSources() {
    StoredJobs jobs = jobs();
    byte[] bytes = "a picture".getBytes(StandardCharsets.UTF_8);
    Input input = upload(jobs, bytes);
    assertThat(upload(jobs, bytes).sha256()).isEqualTo(input.sha256());
    assertThat(jobs.store().input(input.sha256())).hasBinaryContent(bytes);
    assertThat(jobs.input(input.sha256()).orElseThrow().kind()).isEqualTo("png");

    Job job = jobs.submit(JobRequest.of(Orders.animate(input.ref().text())));
    assertThat(job.task()).isEqualTo("animate");
    assertKind(Kind.INVALID, () -> jobs.submit(JobRequest.of(Orders.animate("/etc/passwd"))));
    assertKind(
        Kind.NOT_FOUND,
        () -> jobs.submit(JobRequest.of(Orders.animate("input:" + "0".repeat(64)))));
    assertKind(Kind.TOO_LARGE, () -> jobs.upload(new ByteArrayInputStream(bytes), 8, this::png));
    assertThat(folder.resolve("inputs")).isDirectoryNotContaining("glob:**.partial*");
  }

  @Test
  void listenersAreToldOfWhatIsNew() {
    StoredJobs jobs = jobs(quick());
    List<Long> told = new CopyOnWriteArrayList<>();
    Runnable end = jobs.listen(told::add);
    Job job = jobs.submit(Orders.request("a ball"));
    until(jobs, job.id(), JobState.COMPLETED);
    eventually(() -> !told.isEmpty() && jobs.events(told.getLast()).isEmpty());
    assertThat(told).isSorted();
    end.run();
  }
}
