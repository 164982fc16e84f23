package io.zoetrope.train.footage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.error.UserError;
import io.zoetrope.train.footage.ClipOdds.Emphasis;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ClipOddsTest {
  private static final int DRAWS = 200_000;

  private static double[] shares(ClipOdds odds, int clips, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] shares = new double[clips];
    for (int i = 0; i < DRAWS; i++) {
      shares[odds.draw(random)] += 1.0 / DRAWS;
    }
    return shares;
  }

  @Test
  void clipsAreDrawnInProportionToTheirFactors() {
    List<String> captions =
        List.of("a red ball grows", "a ball moves up", "", "a ball grows and a star grows");
    double[] shares =
        shares(
            ClipOdds.of(captions, List.of(new Emphasis("grow", 4), new Emphasis(" and ", 0.5))),
            4,
            5);
    double[] weights = {4, 1, 1, 2};
    for (int i = 0; i < weights.length; i++) {
      assertThat(shares[i]).isCloseTo(weights[i] / 8, within(0.005));
    }
  }

  @Test
  void withoutEmphasisTheDrawsAreThoseOfAUniformDraw() {
    SplittableRandom one = new SplittableRandom(3);
    SplittableRandom other = new SplittableRandom(3);
    ClipOdds odds = ClipOdds.of(List.of("a", "b", "c"), List.of());
    for (int i = 0; i < 100; i++) {
      assertThat(odds.draw(one)).isEqualTo(other.nextInt(3));
    }
  }

  @Test
  void whatMatchesNothingOrIsNoExpressionIsRefused() {
    assertThatThrownBy(() -> ClipOdds.of(List.of("a"), List.of(new Emphasis("b", 2))))
        .isInstanceOf(UserError.class)
        .hasMessage("emphasis: no caption has 'b'");
    assertThatThrownBy(() -> new Emphasis("(", 2))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("'(' is no regular expression");
    assertThatThrownBy(() -> new Emphasis("a", 0)).isInstanceOf(UserError.class);
  }
}
