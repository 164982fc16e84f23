package io.zoetrope.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Reports that are changed on their way, time to go, and cancelling through all of them. */
class ProgressTest {
  /** Remembers reports; cancelled from the n-th on. */
  private static final class Seen implements Progress {
    final List<Report> reports = new ArrayList<>();
    int patience = Integer.MAX_VALUE;

    @Override
    public void update(Report report) {
      reports.add(report);
    }

    @Override
    public boolean cancelled() {
      return reports.size() >= patience;
    }
  }

  @Test
  void aPartIsCountedOnTopOfWhatWasBeforeAndOtherPhasesStay() {
    Seen seen = new Seen();
    Progress second = seen.part(Phase.SAMPLE, 20, 10, 30);
    second.update(
        Report.of(Phase.SAMPLE, 3, 10)
            .row(Report.Row.of(3, 10, new double[] {0.7}))
            .firstFrame(7)
            .words("x"));
    second.update(Report.of(Phase.DECODE, 4, 8));
    Report sampled = seen.reports.getFirst();
    assertThat(sampled.done()).isEqualTo(23);
    assertThat(sampled.total()).isEqualTo(30);
    assertThat(sampled.row()).hasValue(new Report.Row(3, 10, List.of(0.7)));
    assertThat(sampled.firstFrame()).isEqualTo(7);
    assertThat(sampled.words()).isEqualTo("x");
    assertThat(seen.reports.getLast().done()).isEqualTo(4);
    assertThat(seen.reports.getLast().total()).isEqualTo(8);
  }

  /** What counts three times as much as was thought still fills its share, and not more. */
  @Test
  void aPartCountsAsItsShareHoweverItCountsItself() {
    Seen seen = new Seen();
    Progress second = seen.part(Phase.SAMPLE, 20, 10, 40);
    for (int i = 1; i <= 30; i++) {
      second.update(Report.of(Phase.SAMPLE, i, 30));
    }
    assertThat(seen.reports).extracting(Report::done).isSorted().startsWith(20L).endsWith(30L);
    assertThat(seen.reports).extracting(Report::total).containsOnly(40L);
  }

  @Test
  void cancellingReachesThroughParts() {
    Seen seen = new Seen();
    seen.patience = 1;
    Progress silent = seen.part(Phase.SAMPLE, 20, 10, 30).silent();
    silent.update(Report.of(Phase.SAMPLE, 1, 10));
    assertThat(seen.reports).isEmpty();
    assertThat(silent.cancelled()).isFalse();
    silent.requireGoing(1, 10);
    seen.update(Report.of(Phase.READ, 1, 1));
    assertThat(silent.cancelled()).isTrue();
    assertThatThrownBy(() -> silent.requireGoing(4, 10))
        .isInstanceOf(CancellationException.class)
        .hasMessage("cancelled after 4 of 10");
  }

  @Test
  void timeToGoIsByThePaceSinceAPhaseBegan() {
    AtomicLong clock = new AtomicLong(5_000_000_000L);
    Eta eta = new Eta(clock::get);
    assertThat(eta.left(Report.of(Phase.LOAD, 1, 2))).isEmpty();
    clock.addAndGet(60_000_000_000L);
    // A run that goes on from step 100 has not done these in this time.
    assertThat(eta.left(Report.of(Phase.SAMPLE, 100, 110))).isEmpty();
    clock.addAndGet(4_000_000_000L);
    assertThat(eta.left(Report.of(Phase.SAMPLE, 102, 110))).hasValue(Duration.ofSeconds(16));
    clock.addAndGet(2_000_000_000L);
    assertThat(eta.left(Report.of(Phase.SAMPLE, 1, 110))).as("begins anew").isEmpty();
    clock.addAndGet(2_000_000_000L);
    assertThat(eta.left(Report.of(Phase.SAMPLE, 2, Report.ENDLESS))).as("endless").isEmpty();
  }

  /** A batch of four is reported as four videos at once. */
  @Test
  void aBurstIsNoPace() {
    AtomicLong clock = new AtomicLong();
    Eta eta = new Eta(clock::get);
    for (int done = 1; done <= 4; done++) {
      assertThat(eta.left(Report.of(Phase.EVALUATE, done, 40))).isEmpty();
      clock.addAndGet(2_000_000L);
    }
    clock.addAndGet(40_000_000_000L - 8_000_000L);
    assertThat(eta.left(Report.of(Phase.EVALUATE, 5, 40))).hasValue(Duration.ofSeconds(350));
  }

  @Test
  void thereIsNoProgressBelowNothing() {
    assertThatThrownBy(() -> Report.of(Phase.SAMPLE, -1, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(Report.of(Phase.SAMPLE, 0, 0).endless()).isFalse();
  }
}
