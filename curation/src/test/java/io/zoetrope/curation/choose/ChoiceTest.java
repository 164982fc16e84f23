package io.zoetrope.curation.choose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.error.UserError;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChoiceTest {
  private static final List<String> CLIPS = List.of("a", "b", "c", "d");

  private static Choice choose(List<String> sample, String... bounds) {
    Map<String, Map<String, Double>> values = new HashMap<>();
    values.put("motion", Map.of("a", 1.0, "b", 2.0, "c", 3.0, "d", 4.0));
    values.put("text", Map.of("a", 0.5, "b", 0.4, "c", 0.0));
    return Choice.of(
        CLIPS, sample, List.of(bounds).stream().map(Bound::of).toList(), Choice.in(values));
  }

  @Test
  void aQuantileLeavesOutItsShare() {
    assertThat(choose(CLIPS, "motion>=25%").kept()).containsExactly("b", "c", "d");
    assertThat(choose(CLIPS, "motion>=50%").kept()).containsExactly("c", "d");
    assertThat(choose(CLIPS, "motion<=75%").kept()).containsExactly("a", "b", "c");
    assertThat(choose(CLIPS, "motion>=0%").kept()).hasSize(4);
  }

  @Test
  void aQuantileIsThatOfTheSample() {
    Choice choice = choose(List.of("c", "d"), "motion>=0%");
    assertThat(choice.costs().getFirst().value()).contains(3.0);
    assertThat(choice.costs().getFirst().sample()).isEqualTo(2);
    assertThat(choice.kept()).containsExactly("c", "d");
  }

  @Test
  void whatIsNotMeasuredIsNotJudged() {
    assertThat(choose(CLIPS, "text<=0.1").kept()).containsExactly("c", "d");
  }

  @Test
  void costsAreThoseOfEachAloneAndInTurn() {
    Choice choice = choose(CLIPS, "text<=0.1", "motion>=2");
    assertThat(choice.costs())
        .containsExactly(
            new Choice.Cost("text<=0.1", Optional.of(0.1), 3, 2, 2, 2),
            new Choice.Cost("motion>=2", Optional.of(2.0), 4, 1, 0, 2));
  }

  @Test
  void aSampleOfTheSameClipsIsTheSame() {
    List<String> many = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      many.add("clip-" + i);
    }
    List<String> some = Choice.sample(many, 100);
    assertThat(Choice.sample(many.reversed(), 100)).isEqualTo(some);
    assertThat(some.stream().mapToInt(many::indexOf).average().orElse(0)).isBetween(400.0, 600.0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"motion", "motion=3", "motion>=x", "motion>=101%", "Motion>=1", ">=1"})
  void whatIsNoBoundIsRefused(String text) {
    assertThatThrownBy(() -> Bound.of(text))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("is no bound");
  }

  @Test
  void boundsReadAsTheyWereTyped() {
    for (String text : List.of("motion>=25%", "text<=0.07", "toy-fit>=12.5%", "seconds>=1")) {
      assertThat(Bound.of(text)).hasToString(text);
    }
  }
}
