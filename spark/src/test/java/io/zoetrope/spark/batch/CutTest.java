package io.zoetrope.spark.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CutTest {
  private static Clip clip(int line, String model, double cost) {
    return new Clip("k" + line, line, "{}", model, "s", cost, 0, "", "");
  }

  private static List<Clip> many() {
    return IntStream.range(0, 1000).mapToObj(i -> clip(i, "m" + i % 2, 1 + i % 7)).toList();
  }

  @Test
  void everyClipIsInOnePart() {
    List<String> keys = new ArrayList<>();
    Cut.of(many(), OptionalDouble.empty(), 4)
        .forEach(part -> part.clips().forEach(clip -> keys.add(clip.key())));
    assertThat(keys).hasSize(1000).doesNotHaveDuplicates();
  }

  @Test
  void partsTakeTwoMinutesAtTheKnownPaceAndTheDearestComeFirst() {
    double pace = 0.5;
    List<Cut.Part> parts = Cut.of(many(), OptionalDouble.of(pace), 1);
    assertThat(parts)
        .hasSizeGreaterThan(60)
        .allSatisfy(part -> {
          assertThat(part.cost() / pace).isLessThanOrEqualTo(Cut.SECONDS * 1.01);
          assertThat(part.clips().stream().map(Clip::model).distinct()).hasSize(1);
        });
    assertThat(parts.getFirst().cost()).isGreaterThanOrEqualTo(parts.getLast().cost());
  }

  @Test
  void aClipDearerThanAPartIsAPart() {
    List<Clip> clips = List.of(clip(0, "m", 1), clip(1, "m", 1e6), clip(2, "m", 1));
    List<Cut.Part> parts = Cut.of(clips, OptionalDouble.of(1), 1);
    assertThat(parts.getFirst().clips()).extracting(Clip::line).containsExactly(1);
  }
}
