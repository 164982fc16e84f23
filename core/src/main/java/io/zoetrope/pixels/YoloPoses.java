package io.zoetrope.pixels;

import io.zoetrope.pixels.Skeleton.Person;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What YOLO's networks of poses say: many boxes, of which those count that are sure enough and do
 * not lie upon a surer one (Ultralytics' defaults).
 */
final class YoloPoses {
  /** Numbers of a box: centre, size, score, and x, y and score of 17 joints. */
  private static final int NUMBERS = 56;

  private static final int JOINTS = 17;
  private static final double SURE = 0.25;
  private static final double SEEN = 0.3;

  /** Boxes that share more than this part of what both cover are one. */
  private static final double SAME = 0.7;

  private final Raster said;
  private final boolean columns;

  private YoloPoses(Raster said) {
    this.said = said;
    this.columns = said.height() == NUMBERS;
  }

  /** People, joints in pixels of what the network was shown. */
  static List<Person> people(Raster said) {
    YoloPoses poses = new YoloPoses(said);
    int boxes = poses.columns ? said.width() : said.height();
    List<Integer> order =
        IntStream.range(0, boxes)
            .filter(box -> poses.at(box, 4) >= SURE)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer box) -> -poses.at(box, 4)))
            .toList();
    List<Integer> kept = new ArrayList<>();
    for (int box : order) {
      if (kept.stream().noneMatch(other -> poses.shared(box, other) > SAME)) {
        kept.add(box);
      }
    }
    return kept.stream().map(poses::person).toList();
  }

  private double at(int box, int number) {
    return said.values()[columns ? number * said.width() + box : box * NUMBERS + number];
  }

  private double shared(int a, int b) {
    double across = overlap(a, b, 0);
    double down = overlap(a, b, 1);
    double both = across * down;
    double all = at(a, 2) * at(a, 3) + at(b, 2) * at(b, 3) - both;
    return all > 0 ? both / all : 0;
  }

  private double overlap(int a, int b, int axis) {
    double end = Math.min(at(a, axis) + at(a, axis + 2) / 2, at(b, axis) + at(b, axis + 2) / 2);
    double start = Math.max(at(a, axis) - at(a, axis + 2) / 2, at(b, axis) - at(b, axis + 2) / 2);
    return Math.max(0, end - start);
  }

  private Person person(int box) {
    double[] x = new double[JOINTS];
    double[] y = new double[JOINTS];
    for (int j = 0; j < JOINTS; j++) {
      boolean seen = at(box, 7 + 3 * j) >= SEEN;
      x[j] = seen ? at(box, 5 + 3 * j) : Double.NaN;
      y[j] = seen ? at(box, 6 + 3 * j) : Double.NaN;
    }
    return Pose.fromCoco(new Person(x, y));
  }
}
