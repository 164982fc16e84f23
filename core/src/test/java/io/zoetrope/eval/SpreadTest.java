package io.zoetrope.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpreadTest {
  @Test
  void meanErrorAndMedian() {
    Spread spread = Spread.of(List.of(1.0, 2.0, Double.NaN, 6.0, 3.0));
    assertThat(spread.mean()).isEqualTo(3);
    assertThat(spread.median()).isEqualTo(2.5);
    assertThat(spread.error()).isCloseTo(Math.sqrt(14.0 / 3 / 4), within(1e-12));
    assertThat(spread).hasToString("3.000 +- 1.080 (1.000 to 6.000, 4)");
  }

  @Test
  void fewOrNone() {
    assertThat(Spread.of(List.of(Double.NaN))).hasToString("none");
    assertThat(Spread.of(List.of(2.0)).error()).isNaN();
    assertThat(Spread.digits(0.00012345)).isEqualTo("0.000123");
    assertThat(Spread.digits(12345.6)).isEqualTo("12346");
    assertThat(Spread.digits(0)).isEqualTo("0.0");
  }
}
