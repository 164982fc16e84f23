package io.zoetrope.data.toybox;

import io.zoetrope.data.toybox.Traits.Colour;
import io.zoetrope.data.toybox.Traits.Motion;
import io.zoetrope.data.toybox.Traits.Shape;
import io.zoetrope.data.toybox.Traits.Speed;
import java.util.List;
import java.util.Locale;

/**
 * What {@link ToyboxAnalyser} saw in a clip.
 *
 * @param objects the most prominent first; empty when there is no paint on the table
 */
public record Analysis(List<Sighting> objects) {
  public Analysis {
    objects = List.copyOf(objects);
  }

  /**
   * The most prominent ones, at most so many, and how many more there are: specks can be hundreds.
   */
  public String words(int most) {
    if (objects.size() <= most) {
      return objects.toString();
    }
    return "%s and %s more".formatted(objects.subList(0, most), objects.size() - most);
  }

  /**
   * One object. Confidences run from 0, a guess between two, to 1.
   *
   * @param speed of its motion; {@link Speed#NORMAL} when it stands still
   * @param x where it is at first, world units
   * @param y likewise, down
   * @param radius of the circle around it, at the median over the clip, world units
   * @param whole share of the frames with it in which no edge of the frame cuts it, 0 to 1
   */
  public record Sighting(
      Colour colour,
      Shape shape,
      Motion motion,
      Speed speed,
      double x,
      double y,
      double radius,
      double whole,
      double colourConfidence,
      double shapeConfidence,
      double motionConfidence) {

    /** "a red ball moves right". */
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%s %s %s (%s; %.2f, %.2f, %.2f)",
          colour.word(),
          shape.word(),
          motion,
          speed,
          colourConfidence,
          shapeConfidence,
          motionConfidence);
    }
  }
}
