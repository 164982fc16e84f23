package io.zoetrope.data.toybox;

import io.zoetrope.data.toybox.ToyboxWords.Verb;
import io.zoetrope.data.toybox.Traits.Colour;
import io.zoetrope.data.toybox.Traits.Motion;
import io.zoetrope.data.toybox.Traits.Shape;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * Says what a scene shows, in lower-case English without punctuation. Three captions in ten have
 * the canonical form, "a red ball moves right"; the others vary words and order and may or may not
 * tell size, speed and table.
 */
public final class ToyboxCaptions {
  private ToyboxCaptions() {}

  /** "a red ball moves right"; of two objects, "a red ball moves right and a blue star spins". */
  public static String canonical(ToyboxScene scene) {
    return scene.objects().stream()
        .map(o -> canonical(o.colour(), o.shape(), o.motion()))
        .collect(Collectors.joining(" and "));
  }

  /** The canonical caption of one object. */
  static String canonical(Colour colour, Shape shape, Motion motion) {
    Verb verb = ToyboxWords.canonical(motion);
    return article(colour.word() + " " + shape.word())
        + phrase(verb.third(), "", verb.complement());
  }

  /** A caption of a clip. */
  static String clip(ToyboxScene scene, SplittableRandom rng) {
    double style = rng.nextDouble();
    if (style < 0.3) {
      return canonical(scene);
    }
    List<ToyboxObject> objects = scene.objects();
    String caption;
    if (style < 0.85) {
      caption = clause(objects.getFirst(), rng);
      if (objects.size() > 1) {
        caption += " " + pick(ToyboxWords.JOINS, rng) + " " + clause(objects.get(1), rng);
      }
    } else {
      caption = style < 0.95 ? pick(ToyboxWords.CLIP_INTROS, rng) : "there is";
      caption += " " + moving(objects.getFirst(), rng);
      if (objects.size() > 1) {
        caption += " and " + moving(objects.get(1), rng);
      }
    }
    return caption + place(scene, rng, 0.25);
  }

  /**
   * A caption of a still image: half of them do not speak of motion, which a still does not show.
   */
  static String still(ToyboxScene scene, SplittableRandom rng) {
    double style = rng.nextDouble();
    if (style < 0.45) {
      return clip(scene, rng);
    }
    List<ToyboxObject> objects = scene.objects();
    boolean plain = style < 0.65;
    double tellSize = plain ? 0 : 0.4;
    String caption = article(subject(objects.getFirst(), rng, tellSize));
    if (objects.size() > 1) {
      caption +=
          " "
              + pick(ToyboxWords.STILL_JOINS, rng)
              + " "
              + article(subject(objects.get(1), rng, tellSize));
    }
    if (style > 0.8) {
      caption = pick(ToyboxWords.PICTURE_INTROS, rng) + " " + caption;
    }
    return plain ? caption : caption + place(scene, rng, 0.4);
  }

  /** "the small red ball is slowly moving to the right". */
  private static String clause(ToyboxObject object, SplittableRandom rng) {
    String subject = subject(object, rng, 0.35);
    double which = rng.nextDouble();
    String head =
        which < 0.65 ? article(subject) : which < 0.9 ? "the " + subject : "one " + subject;
    Verb verb = pick(ToyboxWords.verbs(object.motion()), rng);
    String adverb = adverb(object, rng);
    if (rng.nextDouble() < 0.3) {
      return head + " is" + phrase(verb.ing(), adverb, verb.complement());
    }
    boolean before = adverb.endsWith("ly") && rng.nextDouble() < 0.3;
    return head
        + (before ? " " + adverb : "")
        + phrase(verb.third(), before ? "" : adverb, verb.complement());
  }

  /** "a red ball moving quickly up", "a red ball that moves up". */
  private static String moving(ToyboxObject object, SplittableRandom rng) {
    Verb verb = pick(ToyboxWords.verbs(object.motion()), rng);
    String head = article(subject(object, rng, 0.35));
    String adverb = adverb(object, rng);
    return rng.nextDouble() < 0.25
        ? head + " that" + phrase(verb.third(), adverb, verb.complement())
        : head + phrase(verb.ing(), adverb, verb.complement());
  }

  private static String phrase(String verb, String adverb, String complement) {
    return " "
        + verb
        + (adverb.isEmpty() ? "" : " " + adverb)
        + (complement.isEmpty() ? "" : " " + complement);
  }

  private static String subject(ToyboxObject object, SplittableRandom rng, double tellSize) {
    return rng.nextDouble() < tellSize
        ? pick(ToyboxWords.sizes(object.size()), rng) + " " + name(object)
        : name(object);
  }

  private static String adverb(ToyboxObject object, SplittableRandom rng) {
    List<String> adverbs = ToyboxWords.adverbs(object.speed());
    return adverbs.isEmpty() || rng.nextDouble() < 0.25 ? "" : pick(adverbs, rng);
  }

  private static String place(ToyboxScene scene, SplittableRandom rng, double tell) {
    double u = rng.nextDouble();
    if (u < tell) {
      return " " + pick(ToyboxWords.places(scene.background()), rng);
    }
    return u < tell + 0.05 ? " on the table" : "";
  }

  private static String name(ToyboxObject object) {
    return object.colour().word() + " " + object.shape().word();
  }

  private static String article(String noun) {
    return ("aeiou".indexOf(noun.charAt(0)) >= 0 ? "an " : "a ") + noun;
  }

  private static <T> T pick(List<T> of, SplittableRandom rng) {
    return of.get(rng.nextInt(of.size()));
  }
}
