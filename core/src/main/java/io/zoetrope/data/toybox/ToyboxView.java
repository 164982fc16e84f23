package io.zoetrope.data.toybox;

import io.zoetrope.data.toybox.ToyboxLook.Camera;
import io.zoetrope.data.toybox.ToyboxLook.Style;
import io.zoetrope.data.toybox.Traits.Colour;
import io.zoetrope.data.toybox.Traits.Motion;
import io.zoetrope.data.toybox.Traits.Shape;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Which part of the toy world a data set shows, and in which looks.
 *
 * @param styles of which each clip has one
 * @param watermark share of clips with a watermark
 * @param cameras of which each clip has one
 * @param colours of toys; empty for all
 * @param shapes of toys; empty for all
 * @param motions of toys; empty for all
 * @param pairs share of clips with two toys
 * @param beginnings share of still images that show how a clip begins, with the words of the clip:
 *     what moves right begins on the left, so that words of motion show in pictures
 * @param told whether captions tell style and camera
 */
public record ToyboxView(
    List<Style> styles,
    double watermark,
    List<Camera> cameras,
    List<Colour> colours,
    List<Shape> shapes,
    List<Motion> motions,
    double pairs,
    double beginnings,
    boolean told) {
  /** Everything, in its plain look. */
  public static final ToyboxView ALL =
      new ToyboxView(
          List.of(Style.PLAIN),
          0,
          List.of(Camera.STILL),
          List.of(),
          List.of(),
          List.of(),
          SceneSampler.TWO_OBJECTS,
          0,
          false);

  public ToyboxView {
    styles = List.copyOf(styles);
    cameras = List.copyOf(cameras);
    colours = List.copyOf(colours);
    shapes = List.copyOf(shapes);
    motions = List.copyOf(motions);
    if (styles.isEmpty() || cameras.isEmpty()) {
      throw new UserError(Fault.INVALID, "styles and cameras must name at least one each");
    }
    if (!share(watermark) || !share(pairs) || !share(beginnings)) {
      throw new UserError(
          Fault.INVALID,
          "watermark, pairs and beginnings are shares of 0 to 1, not %s, %s and %s"
              .formatted(watermark, pairs, beginnings));
    }
  }

  /** With another share of clips with two toys. */
  ToyboxView withPairs(double share) {
    return new ToyboxView(
        styles, watermark, cameras, colours, shapes, motions, share, beginnings, told);
  }

  /**
   * @throws UserError if none of its combinations of traits is in a split
   */
  void requireSome(Split split) {
    for (Colour colour : orAll(colours, Colour.values())) {
      for (Shape shape : orAll(shapes, Shape.values())) {
        for (Motion motion : orAll(motions, Motion.values())) {
          if (Split.of(colour, shape, motion) == split) {
            return;
          }
        }
      }
    }
    throw new UserError(
        Fault.INVALID,
        "none of these colours, shapes and motions go together in the split %s"
            .formatted(split.name().toLowerCase(Locale.ROOT)),
        "name more of them");
  }

  private static <T> List<T> orAll(List<T> some, T[] all) {
    return some.isEmpty() ? List.of(all) : some;
  }

  private static boolean share(double number) {
    return number >= 0 && number <= 1;
  }

  /** Whether it is {@link #ALL} of the world in its plain look. */
  public boolean plain() {
    return equals(ALL);
  }

  /** The look of a clip. */
  ToyboxLook look(SplittableRandom rng) {
    Style style = styles.get(rng.nextInt(styles.size()));
    Camera camera = cameras.get(rng.nextInt(cameras.size()));
    return new ToyboxLook(style, rng.nextDouble() < watermark, camera);
  }

  /** A caption with what is told of a look. */
  String caption(String scene, ToyboxLook look) {
    if (!told) {
      return scene;
    }
    String styled = look.style().words().isEmpty() ? scene : scene + " " + look.style().words();
    return look.camera().moves() ? styled + " while " + look.camera().words() : styled;
  }
}
