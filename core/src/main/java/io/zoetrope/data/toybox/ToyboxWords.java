package io.zoetrope.data.toybox;

import io.zoetrope.data.toybox.Traits.Background;
import io.zoetrope.data.toybox.Traits.Colour;
import io.zoetrope.data.toybox.Traits.Motion;
import io.zoetrope.data.toybox.Traits.Shape;
import io.zoetrope.data.toybox.Traits.Size;
import io.zoetrope.data.toybox.Traits.Speed;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedSet;
import java.util.TreeSet;

/** Every phrase that captions are built of, and so every word that they can contain. */
public final class ToyboxWords {
  /**
   * A verb in its two forms and what follows it: "moves", "moving", "to the right".
   *
   * @param complement without a leading space; may be empty
   */
  record Verb(String third, String ing, String complement) {}

  static final List<String> CLIP_INTROS =
      List.of("a video of", "a clip of", "a short video of", "an animation of");
  static final List<String> PICTURE_INTROS = List.of("a picture of", "a photo of", "an image of");
  static final List<String> JOINS = List.of("and", "while");
  static final List<String> STILL_JOINS = List.of("and", "next to", "beside");
  static final List<String> FRAME_WORDS =
      List.of("a", "an", "the", "one", "there", "is", "that", "on", "table");

  static final List<String> RARE = List.of("blik", "sks", "wug", "zog");

  private ToyboxWords() {}

  /** The canonical verb phrase: "moves right", "bounces", "stands still". */
  static Verb canonical(Motion motion) {
    return verbs(motion).getFirst();
  }

  /** All ways to say a motion, the canonical one first. */
  static List<Verb> verbs(Motion motion) {
    return switch (motion) {
      case RIGHT -> travel("right", "to the right");
      case LEFT -> travel("left", "to the left");
      case UP -> travel("up", "upward");
      case DOWN -> travel("down", "downward");
      case UP_RIGHT ->
          travel("up and to the right", "diagonally up and right", "toward the top right");
      case UP_LEFT -> travel("up and to the left", "diagonally up and left", "toward the top left");
      case DOWN_RIGHT ->
          travel("down and to the right", "diagonally down and right", "toward the bottom right");
      case DOWN_LEFT ->
          travel("down and to the left", "diagonally down and left", "toward the bottom left");
      case BOUNCE ->
          List.of(
              new Verb("bounces", "bouncing", ""),
              new Verb("bounces", "bouncing", "up and down"),
              new Verb("hops", "hopping", "up and down"),
              new Verb("jumps", "jumping", "up and down"));
      case ORBIT ->
          List.of(
              new Verb("moves", "moving", "in a circle"),
              new Verb("orbits", "orbiting", ""),
              new Verb("circles", "circling", "around"),
              new Verb("goes", "going", "around in a circle"));
      case SPIN ->
          List.of(
              new Verb("spins", "spinning", ""),
              new Verb("rotates", "rotating", ""),
              new Verb("spins", "spinning", "in place"),
              new Verb("turns", "turning", "around itself"));
      case GROW ->
          List.of(
              new Verb("grows", "growing", ""),
              new Verb("gets", "getting", "bigger"),
              new Verb("becomes", "becoming", "larger"),
              new Verb("expands", "expanding", ""));
      case SHRINK ->
          List.of(
              new Verb("shrinks", "shrinking", ""),
              new Verb("gets", "getting", "smaller"),
              new Verb("becomes", "becoming", "smaller"));
      case FADE ->
          List.of(
              new Verb("fades", "fading", "away"),
              new Verb("fades", "fading", "out"),
              new Verb("disappears", "disappearing", ""),
              new Verb("vanishes", "vanishing", ""));
      case STILL ->
          List.of(
              new Verb("stands", "standing", "still"),
              new Verb("sits", "sitting", "still"),
              new Verb("stays", "staying", "in place"),
              new Verb("rests", "resting", ""));
    };
  }

  private static List<Verb> travel(String... ways) {
    List<Verb> verbs = new ArrayList<>();
    for (String way : ways) {
      verbs.add(new Verb("moves", "moving", way));
      verbs.add(new Verb("slides", "sliding", way));
      verbs.add(new Verb("drifts", "drifting", way));
      verbs.add(new Verb("glides", "gliding", way));
      verbs.add(new Verb("goes", "going", way));
      verbs.add(new Verb("travels", "traveling", way));
    }
    return verbs;
  }

  static List<String> adverbs(Speed speed) {
    return switch (speed) {
      case SLOW -> List.of("slowly");
      case NORMAL -> List.of();
      case FAST -> List.of("quickly", "fast");
    };
  }

  static List<String> sizes(Size size) {
    return switch (size) {
      case SMALL -> List.of("small", "little", "tiny");
      case MEDIUM -> List.of("medium");
      case LARGE -> List.of("large", "big");
    };
  }

  static List<String> places(Background background) {
    return switch (background) {
      case PLAIN -> List.of("on a plain table", "on a plain background");
      case GRADIENT -> List.of("on a shaded table", "on a gradient background");
      case CHECKER -> List.of("on a checkered table", "on a checkered background");
    };
  }

  /** Every word that a caption can contain, in alphabetical order. */
  public static SequencedSet<String> vocabulary() {
    TreeSet<String> words = new TreeSet<>();
    FRAME_WORDS.forEach(words::add);
    add(words, CLIP_INTROS);
    add(words, PICTURE_INTROS);
    add(words, JOINS);
    add(words, STILL_JOINS);
    for (Colour colour : Colour.values()) {
      words.add(colour.word());
    }
    for (Shape shape : Shape.values()) {
      words.add(shape.word());
    }
    for (Motion motion : Motion.values()) {
      for (Verb verb : verbs(motion)) {
        add(words, List.of(verb.third(), verb.ing(), verb.complement()));
      }
    }
    for (Speed speed : Speed.values()) {
      add(words, adverbs(speed));
    }
    for (Size size : Size.values()) {
      add(words, sizes(size));
    }
    for (Background background : Background.values()) {
      add(words, places(background));
    }
    return words;
  }

  /** Also the words for looks, and four that mean nothing yet: names for what is learned later. */
  public static SequencedSet<String> wideVocabulary() {
    TreeSet<String> words = new TreeSet<>(vocabulary());
    for (ToyboxLook.Style style : ToyboxLook.Style.values()) {
      add(words, List.of(style.words()));
    }
    for (ToyboxLook.Camera camera : ToyboxLook.Camera.values()) {
      add(words, List.of(camera.words()));
    }
    words.addAll(RARE);
    return words;
  }

  private static void add(TreeSet<String> words, List<String> phrases) {
    for (String phrase : phrases) {
      for (String word : phrase.split(" ")) {
        if (!word.isEmpty()) {
          words.add(word);
        }
      }
    }
  }
}
