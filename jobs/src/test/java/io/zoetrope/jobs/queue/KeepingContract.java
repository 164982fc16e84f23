package io.zoetrope.jobs.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.jobs.Input;
import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobChange;
import io.zoetrope.jobs.JobId;
import io.zoetrope.jobs.JobRequest;
import io.zoetrope.jobs.JobState;
import io.zoetrope.jobs.Jobs;
import io.zoetrope.jobs.JobsException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is kept, for how long, and what a stop leaves. */
abstract class KeepingContract extends JobsFixture {
  private static List<JobId> make(Jobs jobs, int count) {
    List<JobId> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(jobs.submit(Orders.request("ball " + i)).id());
    }
    ids.forEach(id -> until(jobs, id, JobState.COMPLETED));
    return ids;
  }

  private static void star(Jobs jobs, JobId id) {
    Job unused =
        jobs.change(
            id,
            new JobChange(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(true),
                Optional.empty()));
  }

  @Test
  void whatIsOldGoesAndStarsStay() {
    StoredJobs jobs = jobs(quick());
    List<JobId> ids = make(jobs, 3);
    star(jobs, ids.get(1));
    assertThat(jobs.require(ids.get(1)).expires()).isEmpty();
    close(jobs);

    StoredJobs later = jobs("a", QUICK.withHistory(Duration.ZERO, Long.MAX_VALUE));
    later.tidy();

    assertThat(later.find(ids.get(1))).isPresent();
    assertKind(Kind.EXPIRED, () -> later.require(ids.get(0)));
    assertKind(Kind.EXPIRED, () -> later.require(ids.get(2)));
    assertKind(Kind.NOT_FOUND, () -> later.require(JobId.next()));
    assertThat(later.store().job(ids.get(0))).doesNotExist();
    assertThat(later.store().job(ids.get(1))).exists();
  }

  @Test
  void whatIsTooMuchGoesOldestFirst() {
    StoredJobs jobs = jobs(quick());
    List<JobId> ids = make(jobs, 4);
    star(jobs, ids.get(0));
    close(jobs);

    StoredJobs later = jobs("a", QUICK.withHistory(Duration.ofDays(1), 100_000));
    later.tidy();

    assertThat(ids.stream().filter(id -> later.find(id).isPresent()))
        .containsExactly(ids.get(0), ids.get(2), ids.get(3));
  }

  @Test
  void uploadsThatNoJobNeedsGo() {
    StoredJobs jobs = jobs();
    Input idle = upload(jobs, "idle".getBytes(StandardCharsets.UTF_8));
    Input used = upload(jobs, "used".getBytes(StandardCharsets.UTF_8));
    Job job = jobs.submit(JobRequest.of(Orders.animate(used.ref().text())));
    close(jobs);

    StoredJobs later =
        jobs("a", QUICK.withMemory(Duration.ofDays(1), Duration.ofHours(1), Duration.ZERO));
    later.tidy();
    assertThat(later.input(idle.sha256())).isEmpty();
    assertThat(later.store().input(idle.sha256())).doesNotExist();
    assertThat(later.store().input(used.sha256())).exists();

    later.delete(job.id());
    later.tidy();
    assertThat(later.store().input(used.sha256())).doesNotExist();
  }

  @Test
  void keysAndEventsAreForgotten() {
    StoredJobs jobs = jobs();
    Job first = jobs.submit(Orders.keyed("a ball", "key", "print"));
    assertThat(jobs.events(0)).isNotEmpty();
    long last = jobs.events(0).getLast().id();
    close(jobs);

    StoredJobs later =
        jobs("a", QUICK.withMemory(Duration.ZERO, Duration.ZERO, Duration.ofDays(1)));
    later.tidy();
    assertThat(later.events(0)).isEmpty();
    assertThat(later.submit(Orders.keyed("a ball", "key", "print")).id()).isNotEqualTo(first.id());
    assertThat(later.events(0).getFirst().id()).as("numbers go on").isGreaterThan(last);
  }

  @Test
  void aStopSendsWhatIsMadeBackAndItIsMadeAfterwards() {
    StoredJobs jobs = jobs(slow());
    Job job = jobs.submit(Orders.request("a ball"));
    until(jobs, job.id(), JobState.RUNNING);
    close(jobs);

    StoredJobs later = jobs();
    assertThat(later.require(job.id()).state()).isEqualTo(JobState.QUEUED);
    close(later);
    Job made = until(jobs(quick()), job.id(), JobState.COMPLETED);
    assertThat(made.attempt()).isEqualTo(2);
    assertThat(made.order()).as("nothing is drawn anew").isEqualTo(job.order());
  }

  @Test
  void aDrainLetsWhatIsMadeFinish() {
    StoredJobs jobs = jobs(quick());
    Job running = jobs.submit(Orders.request("slow ball"));
    Job waiting = jobs.submit(Orders.request("another"));
    until(jobs, running.id(), JobState.RUNNING);

    jobs.drain(Duration.ofSeconds(10));

    assertThat(jobs.require(running.id()).state()).isEqualTo(JobState.COMPLETED);
    assertThat(jobs.require(waiting.id()).state()).isEqualTo(JobState.QUEUED);
    assertKind(Kind.DRAINING, () -> jobs.submit(Orders.request("too late")));
  }

  @Test
  void aDrainThatTakesTooLongSendsItBack() {
    StoredJobs jobs = jobs(slow());
    Job running = jobs.submit(Orders.request("slow ball"));
    until(jobs, running.id(), JobState.RUNNING);

    jobs.drain(Duration.ofMillis(100));

    assertThat(jobs.require(running.id()).state()).isEqualTo(JobState.QUEUED);
  }

  @Test
  void nobodyElseMayHaveTheSameName() {
    StoredJobs jobs = jobs();
    assertKind(
        Kind.INVALID,
        () -> StoredJobs.open(new JobsConfig(folder, database(), "a", QUICK), List.of()));
    jobs("b", QUICK);
    close(jobs);
    assertThat(folder.resolve("hosts")).isDirectoryNotContaining("glob:**a.lock");
    jobs("a", QUICK);
  }

  @Test
  void foldersOfNobodyAreTidiedAwayAtTheStart() throws IOException {
    StoredJobs jobs = jobs(quick());
    JobId made = make(jobs, 1).getFirst();
    close(jobs);
    JobId nobody = JobId.next();
    Files.createDirectories(jobs.store().attempt(nobody, 1));
    Files.createDirectories(jobs.store().attempt(made, 7));
    Files.createDirectories(folder.resolve("inputs"));
    Files.writeString(folder.resolve("inputs/.partial-a-1"), "half");
    Files.writeString(folder.resolve("inputs/.partial-b-1"), "somebody else's");

    StoredJobs later = jobs();

    assertThat(later.store().job(nobody)).doesNotExist();
    assertThat(later.store().attempt(made, 7)).doesNotExist();
    assertThat(later.store().attempt(made, 1)).exists();
    assertThat(folder.resolve("inputs/.partial-a-1")).doesNotExist();
    assertThat(folder.resolve("inputs/.partial-b-1")).exists();
  }

  @Test
  void shelvesKeepWhatIsPutOnThem() {
    StoredJobs jobs = jobs();
    Jobs.Shelf presets = jobs.shelf("preset");
    presets.put("night", "{\"a\":1}");
    presets.put("day", "{}");
    presets.put("night", "{\"a\":2}");
    jobs.shelf("other").put("night", "{}");
    assertThat(presets.names()).containsExactly("day", "night");
    assertThat(presets.get("night")).contains("{\"a\":2}");
    assertThat(presets.remove("night")).isTrue();
    assertThat(presets.remove("night")).isFalse();
    assertThat(presets.get("night")).isEmpty();
  }

  @Test
  void aDiskThatIsNearlyFullTakesNothing() {
    StoredJobs jobs = jobs("a", QUICK.withFree(Long.MAX_VALUE));
    assertKind(Kind.NO_SPACE, () -> jobs.submit(Orders.request("a ball")));
    assertKind(Kind.NO_SPACE, () -> upload(jobs, new byte[1]));
    assertThat(jobs.ailments()).hasSize(2);
  }
}
