package io.zoetrope.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class RateTest {
  /** Wilson's interval for 195 of 200, as R's {@code prop.test(correct = FALSE)} gives it. */
  @Test
  void knowsHowSureItIs() {
    Rate rate = new Rate(195, 200);
    assertThat(rate.low()).isCloseTo(0.94285, within(2e-4));
    assertThat(rate.high()).isCloseTo(0.98928, within(2e-4));
    assertThat(rate).hasToString("97.5 % (94.3 to 98.9, 195 of 200)");
  }

  @Test
  void endsOfTheScale() {
    assertThat(new Rate(0, 10).low()).isZero();
    assertThat(new Rate(10, 10).high()).isEqualTo(1);
    assertThat(new Rate(10, 10).low()).isBetween(0.7, 0.75);
    assertThat(new Rate(0, 0)).hasToString("none");
  }

  @Test
  void counts() {
    assertThat(Rate.of(List.of(1, 2, 3, 4), n -> n > 1)).isEqualTo(new Rate(3, 4));
  }
}
