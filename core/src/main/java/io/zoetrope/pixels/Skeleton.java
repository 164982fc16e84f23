package io.zoetrope.pixels;

import java.util.Arrays;
import java.util.List;

/**
 * A person as ControlNets of the kind "openpose" were shown it (controlnet_aux, {@code
 * draw_bodypose}): 18 points in fixed colours, and between them 17 limbs, darker, on black.
 */
final class Skeleton {
  /** Points of a person: nose, neck, right arm, left arm, right leg, left leg, eyes, ears. */
  static final int POINTS = 18;

  /** Which two points each limb joins. */
  private static final int[][] LIMBS = {
    {1, 2}, {1, 5}, {2, 3}, {3, 4}, {5, 6}, {6, 7}, {1, 8}, {8, 9}, {9, 10}, {1, 11}, {11, 12},
    {12, 13}, {1, 0}, {0, 14}, {14, 16}, {0, 15}, {15, 17}
  };

  /** Of points; limbs have the first 17 of them. */
  private static final int[] COLOURS = {
    0xff0000, 0xff5500, 0xffaa00, 0xffff00, 0xaaff00, 0x55ff00, 0x00ff00, 0x00ff55, 0x00ffaa,
    0x00ffff, 0x00aaff, 0x0055ff, 0x0000ff, 0x5500ff, 0xaa00ff, 0xff00ff, 0xff00aa, 0xff0055
  };

  /** Of a limb against its colour. */
  private static final double DARKER = 0.6;

  /** Half the width of a limb, and the radius of a point, in pictures of 512 pixels. */
  private static final double STICK = 4;

  private static final double USUAL = 512;

  /**
   * A person in a picture.
   *
   * @param x of each point, in pixels; NaN where it is not seen
   * @param y likewise
   */
  @SuppressWarnings("ArrayRecordComponent") // as fast as pixels are to be gone through
  record Person(double[] x, double[] y) {
    static Person unseen() {
      double[] nowhere = new double[POINTS];
      Arrays.fill(nowhere, Double.NaN);
      return new Person(nowhere, nowhere.clone());
    }

    boolean sees(int point) {
      return !Double.isNaN(x[point]);
    }
  }

  private final int width;
  private final int height;
  private final float[] planes;

  private Skeleton(int width, int height) {
    this.width = width;
    this.height = height;
    this.planes = new float[3 * width * height];
  }

  /** Draws people: three planes with values 0..1, line by line. */
  static float[] draw(List<Person> people, int width, int height) {
    Skeleton picture = new Skeleton(width, height);
    double stick = Math.max(1, STICK * Math.min(width, height) / USUAL);
    for (Person person : people) {
      for (int i = 0; i < LIMBS.length; i++) {
        picture.limb(person, LIMBS[i][0], LIMBS[i][1], COLOURS[i], stick);
      }
    }
    for (Person person : people) {
      for (int i = 0; i < POINTS; i++) {
        if (person.sees(i)) {
          picture.ellipse(person.x[i], person.y[i], stick, stick, 1, 0, COLOURS[i], 1);
        }
      }
    }
    return picture.planes;
  }

  /** An ellipse from one point to the other. */
  private void limb(Person person, int a, int b, int colour, double stick) {
    if (!person.sees(a) || !person.sees(b)) {
      return;
    }
    double dx = person.x[b] - person.x[a];
    double dy = person.y[b] - person.y[a];
    double length = Math.hypot(dx, dy);
    if (length > 0) {
      ellipse(
          (person.x[a] + person.x[b]) / 2,
          (person.y[a] + person.y[b]) / 2,
          length / 2,
          stick,
          dx / length,
          dy / length,
          colour,
          DARKER);
    }
  }

  /**
   * Fills an ellipse about a place.
   *
   * @param along half its length
   * @param across half its width
   * @param cos of the direction of its length
   * @param sin likewise
   */
  private void ellipse(
      double x,
      double y,
      double along,
      double across,
      double cos,
      double sin,
      int colour,
      double light) {
    double reach = Math.max(along, across);
    int top = (int) Math.clamp(Math.floor(y - reach), 0, height);
    int bottom = (int) Math.clamp(Math.ceil(y + reach) + 1, 0, height);
    int left = (int) Math.clamp(Math.floor(x - reach), 0, width);
    int right = (int) Math.clamp(Math.ceil(x + reach) + 1, 0, width);
    for (int row = top; row < bottom; row++) {
      for (int column = left; column < right; column++) {
        double u = ((column - x) * cos + (row - y) * sin) / along;
        double v = ((row - y) * cos - (column - x) * sin) / across;
        if (u * u + v * v <= 1) {
          for (int c = 0; c < 3; c++) {
            int value = (int) ((colour >> (16 - 8 * c) & 0xff) * light);
            planes[(c * height + row) * width + column] = value / 255f;
          }
        }
      }
    }
  }
}
