package io.zoetrope.data.toybox;

import io.zoetrope.data.toybox.Traits.Colour;
import io.zoetrope.data.toybox.Traits.Motion;
import io.zoetrope.data.toybox.Traits.Shape;

/**
 * Which combinations of colour, shape and motion a data set shows. The two are disjoint: what is
 * held out never appears in training, neither in pixels nor in words. About 12 % of the 960 triples
 * are held out, by a hash that is fixed for ever.
 */
public enum Split {
  TRAIN,
  HELD_OUT;

  private static final long SALT = 0x5eedb0c5L;

  /** The split that a combination belongs to. */
  public static Split of(Colour colour, Shape shape, Motion motion) {
    long key =
        (colour.ordinal() * (long) Shape.values().length + shape.ordinal()) * Motion.values().length
            + motion.ordinal();
    long hash = mix(key + SALT);
    return Long.remainderUnsigned(hash, 1000) < 120 ? HELD_OUT : TRAIN;
  }

  /** The split of an object's combination. */
  public static Split of(ToyboxObject object) {
    return of(object.colour(), object.shape(), object.motion());
  }

  /** SplitMix64's finaliser over a Weyl step. */
  static long mix(long z) {
    z += 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
