package io.zoetrope.jobs.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobChange;
import io.zoetrope.jobs.JobEvent;
import io.zoetrope.jobs.JobFilter;
import io.zoetrope.jobs.JobId;
import io.zoetrope.jobs.JobState;
import io.zoetrope.jobs.Jobs;
import io.zoetrope.jobs.JobsException.Kind;
import io.zoetrope.jobs.store.Database;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who waits, in which order, and how many may. */
abstract class QueueContract extends JobsFixture {
  private static List<String> waiting(Jobs jobs) {
    return jobs.queue().waiting().stream()
        .map(id -> jobs.require(id).order().wish().prompt())
        .toList();
  }

  private static JobChange to(int position) {
    return new JobChange(
        Optional.empty(),
        Optional.of(position),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static JobChange labels(String board, boolean star, String note) {
    return new JobChange(
        Optional.empty(),
        Optional.empty(),
        Optional.of(board),
        Optional.of(star),
        Optional.of(note));
  }

  @Test
  void ownersTakeTurns() {
    StoredJobs jobs = jobs();
    for (int i = 1; i <= 4; i++) {
      jobs.submit(Orders.request("a" + i, "anna", 0));
    }
    jobs.submit(Orders.request("b1", "bob", 0));
    jobs.submit(Orders.request("b2", "bob", 0));
    jobs.submit(Orders.request("urgent", "anna", 3));
    jobs.submit(Orders.request("whenever", "bob", -2));

    assertThat(waiting(jobs))
        .containsExactly("urgent", "a1", "b1", "a2", "b2", "a3", "a4", "whenever");
    List<JobId> order = jobs.queue().waiting();
    assertThat(order.stream().map(id -> jobs.position(id).orElseThrow()))
        .containsExactlyElementsOf(IntStream.rangeClosed(1, 8).boxed().toList());
  }

  @Test
  void nobodyStarvesBehindOneWhoAlwaysComesAgain() {
    StoredJobs jobs = jobs(slow());
    jobs.pause();
    for (int i = 1; i <= 3; i++) {
      jobs.submit(Orders.request("a" + i, "anna", 0));
    }
    jobs.submit(Orders.request("b1", "bob", 0));
    close(jobs);
    StoredJobs made = jobs(quick());
    made.resume();
    eventually(() -> made.queue().waiting().size() <= 2);
    for (int i = 2; i <= 6; i++) {
      made.submit(Orders.request("b" + i, "bob", 0));
    }
    eventually(() -> made.list(JobFilter.newest(20)).stream().allMatch(job -> job.state().over()));
    List<String> done =
        made.list(JobFilter.newest(20)).stream()
            .sorted(Comparator.comparing((Job job) -> job.started().orElseThrow()))
            .map(job -> job.order().wish().prompt())
            .toList();
    assertThat(done.indexOf("a3")).as("%s", done).isLessThan(done.indexOf("b4"));
  }

  @Test
  void jobsAreMadeInTheOrderInWhichTheyWait() {
    StoredJobs jobs = jobs(quick());
    jobs.pause();
    List<JobId> ids = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      ids.add(jobs.submit(Orders.request("job " + i)).id());
    }
    jobs.change(ids.get(5), to(1));
    jobs.change(ids.get(0), to(6));
    jobs.change(ids.get(1), to(3));
    assertThat(waiting(jobs)).containsExactly("job 5", "job 2", "job 1", "job 3", "job 4", "job 0");

    jobs.resume();
    eventually(() -> jobs.list(JobFilter.newest(20)).stream().allMatch(job -> job.state().over()));
    assertThat(
            jobs.list(JobFilter.newest(20)).stream()
                .sorted(Comparator.comparing((Job job) -> job.started().orElseThrow()))
                .map(job -> job.order().wish().prompt()))
        .containsExactly("job 5", "job 2", "job 1", "job 3", "job 4", "job 0");
    assertKind(Kind.INVALID, () -> jobs.change(ids.get(0), to(1)));
  }

  @Test
  void anyOrderCanBeMadeByMoving() {
    StoredJobs jobs = jobs();
    List<JobId> want = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      want.add(jobs.submit(Orders.request("job " + i, "owner " + i, 0)).id());
    }
    java.util.Random random = new java.util.Random(5);
    for (int i = 0; i < 60; i++) {
      JobId moved = want.remove(random.nextInt(want.size()));
      int at = i % 3 == 0 ? 1 : random.nextInt(want.size() + 1);
      want.add(at, moved);
      jobs.change(moved, to(at + 1));
      assertThat(jobs.queue().waiting()).as("move %s", i).isEqualTo(want);
    }
  }

  @Test
  void aPauseSurvivesARestart() throws InterruptedException {
    StoredJobs jobs = jobs(quick());
    jobs.pause();
    Job job = jobs.submit(Orders.request("a ball"));
    close(jobs);

    StoredJobs later = jobs(quick());
    assertThat(later.queue().paused()).isTrue();
    Thread.sleep(600);
    assertThat(later.require(job.id()).state()).isEqualTo(JobState.QUEUED);
    later.resume();
    until(later, job.id(), JobState.COMPLETED);
    assertThat(later.events(0).stream().map(JobEvent::type).filter("queue"::equals)).hasSize(2);
  }

  @Test
  void aQueueThatIsFullSaysSo() {
    StoredJobs jobs = jobs("a", QUICK.withQueue(4, 2));
    jobs.submit(Orders.request("1", "anna", 0));
    jobs.submit(Orders.request("2", "anna", 0));
    assertKind(Kind.QUEUE_FULL, () -> jobs.submit(Orders.request("3", "anna", 0)));
    jobs.submit(Orders.request("4", "bob", 0));
    assertKind(
        Kind.QUEUE_FULL,
        () -> jobs.submit(List.of(Orders.request("5", "carl", 0), Orders.request("6", "dora", 0))));
    assertThat(waiting(jobs)).as("a batch is taken whole or not at all").hasSize(3);
    jobs.submit(Orders.request("7", "carl", 0));
    assertKind(Kind.QUEUE_FULL, () -> jobs.submit(Orders.request("8", "eve", 0)));
  }

  @Test
  void aRequestThatComesTwiceGetsTheFirstJob() {
    StoredJobs jobs = jobs();
    Job first = jobs.submit(Orders.keyed("a ball", "key", "print"));
    assertThat(jobs.submit(Orders.keyed("a ball", "key", "print"))).isEqualTo(first);
    assertKind(Kind.KEY_REUSED, () -> jobs.submit(Orders.keyed("a cube", "key", "other")));
    List<Job> batch =
        jobs.submit(
            List.of(
                Orders.keyed("a ball", "key", "print"), Orders.keyed("a cube", "key 2", "two")));
    assertThat(batch.getFirst().id()).isEqualTo(first.id());
    assertThat(jobs.queue().waiting()).hasSize(2);
    assertThat(jobs.latest(Optional.empty(), "print", Duration.ofMinutes(2))).contains(first);
    assertThat(jobs.latest(Optional.of("anna"), "print", Duration.ofMinutes(2))).isEmpty();
    assertThat(jobs.latest(Optional.empty(), "print", Duration.ZERO)).isEmpty();
  }

  @Test
  void manyWhoAskAtOnceAllGetTheirJob() {
    StoredJobs jobs = jobs(quick(), quick());
    List<JobId> ids = Collections.synchronizedList(new ArrayList<>());
    List<Thread> threads =
        IntStream.range(0, 8)
            .mapToObj(i ->
                Thread.ofVirtual()
                    .start(() -> {
                      for (int j = 0; j < 5; j++) {
                        ids.add(jobs.submit(Orders.request("job " + i + " " + j)).id());
                      }
                    }))
            .toList();
    threads.forEach(thread -> {
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    });
    assertThat(ids).hasSize(40).doesNotHaveDuplicates();
    eventually(() -> ids.stream().allMatch(id -> jobs.require(id).state() == JobState.COMPLETED));
    assertThat(ids.stream().map(id -> jobs.require(id).attempt())).containsOnly(1);
  }

  @Test
  void whatWaitsMayBeChangedAndAllMayBeLabelled() {
    StoredJobs jobs = jobs();
    Job job = jobs.submit(Orders.request("a ball"));
    Job changed =
        jobs.change(
            job.id(),
            new JobChange(
                Optional.of(Orders.order("a cube")),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));
    assertThat(changed.order().wish().prompt()).isEqualTo("a cube");
    assertThat(changed.order().wish().seed()).isPresent();

    Job labelled = jobs.change(job.id(), labels("holiday", true, "the 100% best_one"));
    assertThat(labelled.board()).contains("holiday");
    assertThat(labelled.star()).isTrue();
    assertThat(jobs.change(job.id(), labels("", false, "")).board()).isEmpty();
  }

  @Test
  void jobsAreFoundByWhatTheyAre() {
    StoredJobs jobs = jobs();
    List<JobId> ids = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      ids.add(jobs.submit(Orders.request("A Red ball " + i, i < 3 ? "anna" : "bob", 0)).id());
    }
    jobs.change(ids.get(1), labels("holiday", true, "100% best_one"));
    jobs.cancel(ids.get(2));

    assertThat(found(jobs, filter(Set.of(), "", false, ""))).isEqualTo(ids.reversed());
    assertThat(found(jobs, filter(Set.of(JobState.CANCELLED), "", false, "")))
        .containsExactly(ids.get(2));
    assertThat(found(jobs, filter(Set.of(JobState.CANCELLED, JobState.QUEUED), "", false, "")))
        .hasSize(5);
    assertThat(found(jobs, filter(Set.of(), "holiday", false, ""))).containsExactly(ids.get(1));
    assertThat(found(jobs, filter(Set.of(), "", true, ""))).containsExactly(ids.get(1));
    assertThat(found(jobs, filter(Set.of(), "", false, "BALL red 3"))).containsExactly(ids.get(3));
    assertThat(found(jobs, filter(Set.of(), "", false, "1%0"))).isEmpty();
    assertThat(found(jobs, filter(Set.of(), "", false, "00% t_o"))).containsExactly(ids.get(1));
    assertThat(found(jobs, paged(Optional.empty(), false, 2)))
        .containsExactly(ids.get(4), ids.get(3));
    assertThat(found(jobs, paged(Optional.of(ids.get(3)), false, 2)))
        .containsExactly(ids.get(2), ids.get(1));
    assertThat(found(jobs, paged(Optional.of(ids.get(3)), true, 2))).containsExactly(ids.get(4));
  }

  @Test
  void whatACrashLeftWithoutATaskIsMade() {
    StoredJobs jobs = jobs();
    Job job = jobs.submit(Orders.request("a ball"));
    close(jobs);
    String url = database().orElse("jdbc:sqlite:" + folder.resolve("zoetrope.db"));
    try (Database database = Database.open(url)) {
      database.change(c -> {
        try (var statement = c.createStatement()) {
          assertThat(statement.executeUpdate("delete from scheduled_tasks")).isEqualTo(1);
        }
      });
    }
    until(jobs(quick()), job.id(), JobState.COMPLETED);
  }

  @Test
  void oneServerTakesAndAnotherMakes() {
    StoredJobs front = jobs("front", QUICK);
    StoredJobs back = jobs("back", QUICK, quick());
    Job job = front.submit(Orders.request("a ball"));
    until(front, job.id(), JobState.COMPLETED);
    assertThat(front.queue().workers().getFirst().name()).isEqualTo("back/0");
    assertThat(front.ailments()).isEmpty();

    Job slow = front.submit(Orders.request("slow ball"));
    until(front, slow.id(), JobState.RUNNING);
    front.cancel(slow.id());
    until(back, slow.id(), JobState.CANCELLED);

    close(back);
    assertThat(front.ailments()).containsExactly("no worker is there");
  }

  private static List<JobId> found(Jobs jobs, JobFilter filter) {
    return jobs.list(filter).stream().map(Job::id).toList();
  }

  private static JobFilter filter(
      Set<JobState> states, String board, boolean starred, String words) {
    return new JobFilter(
        states,
        Optional.of(board).filter(text -> !text.isEmpty()),
        Optional.empty(),
        starred,
        Optional.of(words).filter(text -> !text.isEmpty()),
        Optional.empty(),
        Optional.empty(),
        false,
        100);
  }

  private static JobFilter paged(Optional<JobId> after, boolean ascending, int limit) {
    return new JobFilter(
        Set.of(),
        Optional.empty(),
        Optional.empty(),
        false,
        Optional.empty(),
        Optional.empty(),
        after,
        ascending,
        limit);
  }
}
