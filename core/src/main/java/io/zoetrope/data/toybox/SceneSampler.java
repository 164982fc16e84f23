package io.zoetrope.data.toybox;

import io.zoetrope.data.toybox.Traits.Background;
import io.zoetrope.data.toybox.Traits.Colour;
import io.zoetrope.data.toybox.Traits.Motion;
import io.zoetrope.data.toybox.Traits.Shape;
import io.zoetrope.data.toybox.Traits.Size;
import io.zoetrope.data.toybox.Traits.Speed;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Draws scenes: which toys, and where, so that all of them are seen for the whole default clip. */
final class SceneSampler {
  /** Share of scenes with two toys. */
  static final double TWO_OBJECTS = 0.15;

  private static final double MARGIN = 0.025;

  /** Centres of two toys never come nearer than this share of their radii: nobody hides anybody. */
  private static final double CLEARANCE = 0.85;

  private SceneSampler() {}

  /** An independent stream for each (seed, index, purpose). */
  static SplittableRandom random(long seed, long index, int purpose) {
    return new SplittableRandom(Split.mix(Split.mix(Split.mix(seed) + index) + purpose));
  }

  static ToyboxScene sample(SplittableRandom rng, Split split, double twoObjects) {
    return sample(rng, split, ToyboxView.ALL.withPairs(twoObjects));
  }

  /** Draws a scene of what is shown. */
  static ToyboxScene sample(SplittableRandom rng, Split split, ToyboxView view) {
    Background background = pick(Background.values(), rng);
    int palette = rng.nextInt(ToyboxScene.PALETTES);
    boolean two = rng.nextDouble() < view.pairs();
    ToyboxObject first = object(rng, split, two, view);
    List<ToyboxObject> objects = new ArrayList<>(List.of(first));
    if (two) {
      for (int attempt = 0; objects.size() < 2; attempt++) {
        if (attempt % 40 == 39) { // the first one may be in everybody's way
          first = object(rng, split, true, view);
          objects.set(0, first);
        }
        ToyboxObject second = object(rng, split, true, view);
        if (second.colour() != first.colour() && apart(first, second)) {
          objects.add(second);
        }
      }
    }
    return new ToyboxScene(objects, background, palette);
  }

  private static ToyboxObject object(
      SplittableRandom rng, Split split, boolean crowded, ToyboxView view) {
    while (true) {
      Colour colour = pick(Colour.values(), view.colours(), rng);
      Shape shape = pick(Shape.values(), view.shapes(), rng);
      Motion motion =
          view.motions().isEmpty() ? motion(rng) : pick(Motion.values(), view.motions(), rng);
      if (Split.of(colour, shape, motion) == split) {
        Size size = crowded ? pick(new Size[] {Size.SMALL, Size.MEDIUM}, rng) : size(rng);
        return place(rng, shape, colour, size, motion, speed(rng, motion));
      }
    }
  }

  /** A toy of the given traits, somewhere where it stays inside the frame. */
  static ToyboxObject place(
      SplittableRandom rng, Shape shape, Colour colour, Size size, Motion motion, Speed speed) {
    double tilt =
        motion == Motion.SPIN ? rng.nextDouble() * 2 * Math.PI : (rng.nextDouble() - 0.5) * 0.44;
    double phase = rng.nextDouble();
    ToyboxObject origin = new ToyboxObject(shape, colour, size, motion, speed, 0, 0, tilt, phase);
    double left = 0;
    double right = 0;
    double top = 0;
    double bottom = 0;
    for (int k = 0; k <= 32; k++) {
      ToyboxObject.Pose pose = origin.at(k * ToyboxScene.SECONDS / 32);
      left = Math.max(left, pose.radius() - pose.x());
      right = Math.max(right, pose.radius() + pose.x());
      top = Math.max(top, pose.radius() - pose.y());
      bottom = Math.max(bottom, pose.radius() + pose.groundY());
    }
    double x = between(rng, left + MARGIN, 1 - right - MARGIN);
    double y = between(rng, top + MARGIN, 1 - bottom - MARGIN);
    return new ToyboxObject(shape, colour, size, motion, speed, x, y, tilt, phase);
  }

  private static double between(SplittableRandom rng, double low, double high) {
    double u = rng.nextDouble();
    return low < high ? low + u * (high - low) : 0.5 * (low + high);
  }

  private static boolean apart(ToyboxObject a, ToyboxObject b) {
    for (int k = 0; k <= 32; k++) {
      double t = k * ToyboxScene.SECONDS / 32;
      ToyboxObject.Pose p = a.at(t);
      ToyboxObject.Pose q = b.at(t);
      double gap = CLEARANCE * (p.radius() + q.radius());
      if (Math.hypot(p.x() - q.x(), p.y() - q.y()) < gap) {
        return false;
      }
    }
    return true;
  }

  /** The four plain directions twice as often as anything else. */
  private static Motion motion(SplittableRandom rng) {
    int n = Motion.values().length;
    int k = rng.nextInt(n + 4);
    return Motion.values()[k < n ? k : k - n];
  }

  private static Size size(SplittableRandom rng) {
    double u = rng.nextDouble();
    return u < 0.25 ? Size.SMALL : u < 0.7 ? Size.MEDIUM : Size.LARGE;
  }

  private static Speed speed(SplittableRandom rng, Motion motion) {
    double u = rng.nextDouble();
    if (!motion.hasSpeed() || u < 0.6) {
      return Speed.NORMAL;
    }
    return u < 0.8 ? Speed.SLOW : Speed.FAST;
  }

  /** One of some, or of all where there are none. */
  private static <T> T pick(T[] all, List<T> some, SplittableRandom rng) {
    return some.isEmpty() ? pick(all, rng) : some.get(rng.nextInt(some.size()));
  }

  private static <T> T pick(T[] of, SplittableRandom rng) {
    return of[rng.nextInt(of.length)];
  }
}
