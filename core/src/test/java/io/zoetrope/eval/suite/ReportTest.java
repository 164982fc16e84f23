package io.zoetrope.eval.suite;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.eval.Seams;
import io.zoetrope.eval.Spread;
import io.zoetrope.eval.features.FrechetDistance;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReportTest {
  /** Of few videos many figures are none, and are called so. */
  @Test
  void noFigureIsNotANumber() {
    double none = Double.NaN;
    Report report =
        new Report()
            .spread("of none", Spread.of(List.of()))
            .spread("of one", Spread.of(List.of(3.0)))
            .spread("of two", Spread.of(List.of(3.0, 5.0)))
            .contrast("without seams", new Seams.Contrast(none, 0.5, 0, 3))
            .contrast("seams alone", new Seams.Contrast(0.5, none, 3, 0))
            .frechet(Optional.of(new FrechetDistance(12.5, none, 3)))
            .number("drift", none);
    assertThat(report.text()).doesNotContain("NaN").doesNotContain("nfinity");
    assertThat(report.text())
        .contains("none", "3.000 (1)", "4.000 +- 1.000", "no seams were seen", "no ratio")
        .contains("12.500 of 3 videos; too few to extrapolate to many", "unknown");
    assertThat(report.fields()).containsEntry("drift", null);
  }
}
