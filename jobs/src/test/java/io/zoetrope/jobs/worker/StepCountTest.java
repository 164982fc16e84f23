package io.zoetrope.jobs.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.progress.Report;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StepCountTest {
  private static Report.Row row(int number, int of) {
    return Report.Row.of(number, of, new double[] {1});
  }

  @Test
  void laterWalksCountOn() {
    StepCount count = new StepCount();
    List<Integer> steps = new ArrayList<>();
    for (int row = 1; row <= 3; row++) {
      steps.add(count.step(row(row, 3)));
    }
    steps.add(count.step(row(1, 2)));
    assertThat(count.last()).isEqualTo(5);
    steps.add(count.step(row(2, 2)));
    // A window that moves: turns of one row.
    steps.add(count.step(row(1, 1)));
    steps.add(count.step(row(1, 1)));
    assertThat(steps).containsExactly(1, 2, 3, 4, 5, 6, 7);
  }

  @Test
  void aWalkThatIsTakenUpBeginsWhereItEnded() {
    StepCount count = new StepCount();
    assertThat(count.step(row(4, 8))).isEqualTo(4);
    assertThat(count.last()).isEqualTo(8);
    assertThat(count.rows()).isEqualTo(8);
  }
}
