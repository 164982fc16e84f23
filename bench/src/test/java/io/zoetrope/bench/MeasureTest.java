package io.zoetrope.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MeasureTest {
  @Test
  void medianAndBest() {
    Timing timing = new Timing(new double[] {3, 1, 2, 10});
    assertThat(timing.median()).isEqualTo(2.5);
    assertThat(timing.best()).isEqualTo(1);
  }

  @Test
  void theIntervalHoldsTheTrueMedianNineteenTimesInTwenty() {
    Random random = new Random(1);
    int held = 0;
    for (int trial = 0; trial < 1000; trial++) {
      double[] ratios =
          IntStream.range(0, 101).mapToDouble(i -> 1 + 0.1 * random.nextGaussian()).toArray();
      PairedRatio ratio = PairedRatio.ofRatios(ratios);
      assertThat(ratio.low()).isLessThanOrEqualTo(ratio.median());
      assertThat(ratio.high()).isGreaterThanOrEqualTo(ratio.median());
      if (ratio.low() <= 1 && ratio.high() >= 1) {
        held++;
      }
    }
    assertThat(held).isBetween(935, 990);
  }

  @Test
  void tablesAreAligned() {
    Table table = new Table("t", "Title", "what", "a", "b");
    table.row("x", 12345.678, 0.01234);
    table.row("longer", 1, "-");
    table.note("1 note");
    assertThat(table.toText())
        .isEqualTo(
            """
            Title
              what        a      b
              x       12346  0.012
              longer      1      -
              1 note
            """);
    assertThat(table.toJson().get("rows"))
        .isEqualTo(
            java.util.List.of(
                java.util.List.of("x", 12345.678, 0.01234), java.util.List.of("longer", 1, "-")));
  }
}
