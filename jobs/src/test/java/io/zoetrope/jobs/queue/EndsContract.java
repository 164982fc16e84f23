package io.zoetrope.jobs.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.jobs.FakeRunner;
import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobEvent;
import io.zoetrope.jobs.JobId;
import io.zoetrope.jobs.JobRequest;
import io.zoetrope.jobs.JobState;
import io.zoetrope.jobs.JobsException.Kind;
import io.zoetrope.jobs.Runner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** How jobs end, and begin again. */
abstract class EndsContract extends JobsFixture {
  private static final Optional<Runner.Outcome> LOST =
      Optional.of(new Runner.Lost("the test says so"));

  private Path attempt(StoredJobs jobs, JobId id, int number) {
    return jobs.store().attempt(id, number);
  }

  @Test
  void whatCannotBeMadeSaysWhyAndMayBeTriedAgain() {
    StoredJobs jobs = jobs(quick());
    Job job = jobs.submit(Orders.request("fail at once"));

    Job failed = until(jobs, job.id(), JobState.FAILED);
    assertThat(failed.error().orElseThrow().code()).isEqualTo("bad_plan");
    assertThat(failed.completed()).isPresent();
    eventually(() -> !Files.exists(jobs.store().job(job.id())));

    jobs.retry(job.id());
    eventually(() -> jobs.require(job.id()).attempt() == 2);
    until(jobs, job.id(), JobState.FAILED);
  }

  @Test
  void aLostWorkerIsTriedAgainAndTheThirdTimeIsTheLast() {
    StoredJobs jobs =
        jobs(
            quick()
                .ending(attempt ->
                    attempt.job().order().wish().prompt().equals("twice") && attempt.number() <= 2
                        ? LOST
                        : Optional.empty()));
    Job twice = jobs.submit(Orders.request("twice"));
    Job poison = jobs.submit(Orders.request("lose always"));
    Job after = jobs.submit(Orders.request("after it"));

    assertThat(until(jobs, twice.id(), JobState.COMPLETED).attempt()).isEqualTo(3);
    Job failed = until(jobs, poison.id(), JobState.FAILED);
    assertThat(failed.error().orElseThrow().code()).isEqualTo("worker_lost");
    assertThat(failed.attempt()).isEqualTo(3);
    until(jobs, after.id(), JobState.COMPLETED);

    jobs.retry(poison.id());
    eventually(() -> jobs.require(poison.id()).attempt() == 6);
    until(jobs, poison.id(), JobState.FAILED);
  }

  @Test
  void aRunnerThatThrowsIsALostWorker() {
    StoredJobs jobs =
        jobs(
            quick()
                .ending(attempt -> {
                  if (attempt.number() == 1) {
                    throw new IllegalStateException("the test says so");
                  }
                  return Optional.empty();
                }));
    Job job = jobs.submit(Orders.request("a ball"));
    assertThat(until(jobs, job.id(), JobState.COMPLETED).attempt()).isEqualTo(2);
  }

  @Test
  void anAttemptTakesTheWholeOutputOfAnEarlierOne() throws IOException {
    AtomicReference<Runner.Attempt> first = new AtomicReference<>();
    FakeRunner makes = quick();
    StoredJobs jobs =
        jobs(
            quick()
                .ending(attempt -> {
                  assertThat(first.get()).as("it is made once").isNull();
                  first.set(attempt);
                  try {
                    assertThat(makes.run(attempt, new Silent())).isInstanceOf(Runner.Done.class);
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                  return LOST;
                }));
    Job job = jobs.submit(Orders.request("a ball"));

    Job made = until(jobs, job.id(), JobState.COMPLETED);

    assertThat(made.attempt()).isEqualTo(2);
    assertThat(made.result().orElseThrow().file()).isEqualTo("attempt-1/video.mp4");
    eventually(() -> !Files.exists(attempt(jobs, job.id(), 2)));
    assertThat(attempt(jobs, job.id(), 1).resolve("video.mp4"))
        .hasBinaryContent(FakeRunner.bytes(made));
  }

  @Test
  void aBrokenOutputIsMadeAnew() throws IOException {
    FakeRunner makes = quick();
    StoredJobs jobs =
        jobs(
            quick()
                .ending(attempt -> {
                  if (attempt.number() > 1) {
                    return Optional.empty();
                  }
                  try {
                    makes.run(attempt, new Silent());
                    Files.writeString(attempt.folder().resolve("video.mp4"), "broken");
                  } catch (InterruptedException | IOException e) {
                    throw new IllegalStateException(e);
                  }
                  return LOST;
                }));
    Job job = jobs.submit(Orders.request("a ball"));
    Job made = until(jobs, job.id(), JobState.COMPLETED);
    assertThat(made.result().orElseThrow().file()).isEqualTo("attempt-2/video.mp4");
    eventually(() -> !Files.exists(attempt(jobs, job.id(), 1)));
  }

  @Test
  void aFileThatIsNotThereIsALostWorker() {
    Job.Result lie = new Job.Result("attempt-1/video.mp4", 7, "0".repeat(64));
    StoredJobs jobs =
        jobs(
            quick()
                .ending(attempt ->
                    attempt.number() == 1
                        ? Optional.of(new Runner.Done(lie, Job.Shape.UNKNOWN, java.util.List.of()))
                        : Optional.empty()));
    Job job = jobs.submit(Orders.request("a ball"));
    assertThat(until(jobs, job.id(), JobState.COMPLETED).attempt()).isEqualTo(2);
  }

  @Test
  void aDraftWaitsAndIsFinishedFromItsLatents() {
    AtomicReference<Optional<Path>> resumed = new AtomicReference<>(Optional.empty());
    StoredJobs jobs =
        jobs(
            quick()
                .ending(attempt -> {
                  resumed.set(attempt.resume());
                  return Optional.empty();
                }));
    Job job = jobs.submit(Orders.draft("a ball", 2));

    Job draft = until(jobs, job.id(), JobState.DRAFT);
    assertThat(draft.draftRows()).contains(2);
    assertThat(draft.progress().percent()).isLessThan(100);
    assertThat(draft.result()).isPresent();

    jobs.finish(job.id());
    Job made = until(jobs, job.id(), JobState.COMPLETED);
    assertThat(resumed.get()).contains(attempt(jobs, job.id(), 1));
    assertThat(made.draftRows()).isEmpty();
    assertThat(made.result().orElseThrow().file()).isEqualTo("attempt-2/video.mp4");
    eventually(() -> !Files.exists(attempt(jobs, job.id(), 1)));
    assertKind(Kind.INVALID, () -> jobs.finish(job.id()));
  }

  @Test
  void aDraftThatIsNotFinishedIsADraftAgain() {
    StoredJobs jobs =
        jobs(
            quick()
                .ending(attempt ->
                    attempt.job().draftRows().isEmpty()
                        ? Optional.of(
                            new Runner.Failed(
                                io.zoetrope.jobs.JobError.of("internal", "the test says so")))
                        : Optional.empty()));
    Job job = jobs.submit(Orders.draft("a ball", 2));
    until(jobs, job.id(), JobState.DRAFT);

    jobs.finish(job.id());
    eventually(() -> jobs.require(job.id()).error().isPresent());
    Job again = until(jobs, job.id(), JobState.DRAFT);
    assertThat(again.draftRows()).contains(2);
    assertThat(attempt(jobs, job.id(), 1).resolve("video.mp4")).exists();

    jobs.pause();
    jobs.finish(job.id());
    assertThat(jobs.cancel(job.id()).state()).isEqualTo(JobState.DRAFT);
    assertThat(attempt(jobs, job.id(), 1).resolve("video.mp4")).exists();
  }

  @Test
  void whatIsDeletedIsGoneWithItsFilesAlsoWhileItIsMade() {
    StoredJobs jobs = jobs(FakeRunner.of(Duration.ofMillis(30)));
    Job made = jobs.submit(Orders.request("a ball"));
    until(jobs, made.id(), JobState.COMPLETED);
    Job running = jobs.submit(Orders.request("slow ball"));
    Job waiting = jobs.submit(Orders.request("another"));
    until(jobs, running.id(), JobState.RUNNING);

    jobs.delete(made.id());
    jobs.delete(waiting.id());
    jobs.delete(running.id());

    for (Job job : java.util.List.of(made, waiting, running)) {
      assertThat(jobs.find(job.id())).isEmpty();
      assertKind(Kind.NOT_FOUND, () -> jobs.require(job.id()));
      eventually(() -> !Files.exists(jobs.store().job(job.id())));
    }
    eventually(() -> jobs.queue().running().isEmpty());
    assertThat(jobs.events(0).stream().filter(event -> event.type().equals("removed")))
        .extracting(JobEvent::job)
        .containsExactlyInAnyOrder(
            Optional.of(made.id()), Optional.of(waiting.id()), Optional.of(running.id()));
    assertKind(Kind.NOT_FOUND, () -> jobs.delete(made.id()));
    eventually(
        () -> jobs.queue().workers().stream().allMatch(worker -> worker.state().equals("idle")));
    until(jobs, jobs.submit(Orders.request("the next")).id(), JobState.COMPLETED);
  }

  @Test
  void aResultIsASourceThatOutlivesItsJob() {
    StoredJobs jobs = jobs(quick());
    Job first = jobs.submit(Orders.request("a ball"));
    Job made = until(jobs, first.id(), JobState.COMPLETED);
    String sha256 = made.result().orElseThrow().sha256();

    Job second = jobs.submit(JobRequest.of(Orders.animate("job:" + first.id())));
    jobs.delete(first.id());

    assertThat(second.order().toJson()).contains("input:" + sha256);
    assertThat(jobs.store().input(sha256)).hasBinaryContent(FakeRunner.bytes(made));
    Job failed = jobs.submit(Orders.request("fail"));
    until(jobs, failed.id(), JobState.FAILED);
    assertKind(
        Kind.NOT_READY, () -> jobs.submit(JobRequest.of(Orders.animate("job:" + failed.id()))));
    assertKind(
        Kind.NOT_FOUND, () -> jobs.submit(JobRequest.of(Orders.animate("job:" + first.id()))));
  }

  /** Wants nothing to be told. */
  private static final class Silent implements Runner.Watch {
    @Override
    public void shape(Job.Shape shape) {}

    @Override
    public void progress(io.zoetrope.jobs.JobProgress progress) {}

    @Override
    public void step(int row, int rows, double[] levels, long offset, int picture) {}

    @Override
    public void frames(long finished) {}

    @Override
    public void note(String line) {}

    @Override
    public Runner.Signal signal() {
      return Runner.Signal.GO;
    }
  }
}
