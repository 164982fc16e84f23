package io.zoetrope.train.footage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** How captions are told in training. */
class CaptionsTest {
  private static final String CAPTION = "a zog star, red, turns, by night";

  private static List<String> told(Captions captions, int times) {
    List<String> told = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < times; i++) {
      told.add(captions.tell(CAPTION, random));
    }
    return told;
  }

  @Test
  void tagsChangePlacesBehindTheFirst() {
    List<String> told =
        told(new Captions(Optional.empty(), Optional.empty(), List.of(), true, 1, 0), 200);
    assertThat(told)
        .allMatch(text -> text.startsWith("a zog star, "))
        .allMatch(text ->
            new TreeSet<>(List.of(text.split(", ", -1)))
                .equals(new TreeSet<>(List.of(CAPTION.split(", ", -1)))));
    assertThat(new TreeSet<>(told)).as("all orders of three").hasSize(6);
  }

  @Test
  void tagsAreLeftAwayAsOftenAsIsSaid() {
    List<String> told =
        told(new Captions(Optional.empty(), Optional.empty(), List.of(), false, 1, 0.25), 2000);
    assertThat(told).allMatch(text -> text.startsWith("a zog star"));
    assertThat(told.stream().filter(text -> text.contains("red")).count()).isBetween(1420L, 1580L);
    assertThat(told)
        .filteredOn(text -> text.contains("red") && text.contains("night"))
        .allMatch(text -> text.indexOf("red") < text.indexOf("night"));
  }

  @Test
  void templatesStandAroundCaptions() {
    Captions captions =
        new Captions(
            Optional.of("see: "), Optional.of("."), List.of("{} here", "zog"), false, 0, 0);
    assertThat(new TreeSet<>(told(captions, 50)))
        .containsExactly("see: " + CAPTION + " here.", "see: zog.");
    assertThat(captions.all(List.of("a", "a", "b")))
        .containsExactly("see: a here.", "see: zog.", "see: b here.");
    assertThat(told(Captions.PLAIN, 3)).containsOnly(CAPTION);
  }
}
