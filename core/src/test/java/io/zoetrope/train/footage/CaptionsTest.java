package io.zoetrope.train.footage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.error.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
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

  private static Captions captions(boolean shuffle, boolean wildcards, String upTo) {
    return new Captions(
        Optional.empty(),
        Optional.empty(),
        List.of("{a|one} {}", "{} by {night}"),
        shuffle,
        0,
        0,
        wildcards,
        Optional.of(upTo).filter(mark -> !mark.isEmpty()));
  }

  @Test
  void oneOfAWildcardIsTold() {
    Captions captions = captions(false, true, "");
    List<String> told = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 300; i++) {
      told.add(captions.tell("{red| blue |} moon", random));
    }
    assertThat(new TreeSet<>(told))
        .as("braces without a bar stay")
        .containsExactlyInAnyOrder(
            "a red moon",
            "a blue moon",
            "a  moon",
            "one red moon",
            "one blue moon",
            "one  moon",
            "red moon by {night}",
            "blue moon by {night}",
            "moon by {night}");
    assertThat(captions.all(List.of("{red|blue|green} moon")))
        .as("each choice once; the shorter ones again from the start")
        .containsExactly(
            "a red moon",
            "one blue moon",
            "a green moon",
            "red moon by {night}",
            "blue moon by {night}",
            "green moon by {night}");
    assertThat(captions(false, false, "").all(List.of("{red|blue} moon")).getFirst())
        .as("without the key they are letters")
        .isEqualTo("{a|one} {red|blue} moon");
    assertThat(told(captions, 50)).noneMatch(text -> text.contains("|"));
  }

  @Test
  void whatStandsBeforeAMarkStays() {
    Captions captions =
        new Captions(
            Optional.empty(), Optional.empty(), List.of(), true, 0, 0.5, false, Optional.of("|||"));
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 100; i++) {
      assertThat(captions.tell("zog, star ||| red, turns ||| good", random))
          .startsWith("zog, star")
          .endsWith(", good");
    }
    assertThat(captions.all(List.of("zog|||red"))).containsExactly("zog, red");
  }

  @Test
  void whatHasNoEffectIsRefused() {
    refused(() -> captions(false, false, "|||"), "keepUpTo has no effect where tags neither");
    refused(() -> captions(true, false, " "), "keepUpTo is empty");
    refused(
        () -> captions(true, false, "|||").requireEffect(List.of("a", "b")),
        "keepUpTo has no effect: no caption has '|||'");
    Captions plain =
        new Captions(
            Optional.empty(), Optional.empty(), List.of(), false, 0, 0, true, Optional.empty());
    refused(() -> plain.requireEffect(List.of("a {b}")), "wildcards have no effect");
    plain.requireEffect(List.of("a", "a {b|c}"));
    refused(
        () ->
            new Captions(
                Optional.empty(), Optional.empty(), List.of(), true, 1, 0, false, Optional.of("|")),
        "keep and keepUpTo say the same");
  }

  private static void refused(ThrowingCallable call, String why) {
    assertThatThrownBy(call)
        .isInstanceOf(UserError.class)
        .hasMessageContaining(why)
        .hasMessageNotContaining("\n");
  }
}
