package io.zoetrope.curation.measure;

import java.util.Optional;

/** Something that is measured of a clip, from its pixels and what is said of it. */
public interface Measure {
  /** One word, by which thresholds know it. */
  String name();

  /** Of the algorithm, and of the model where there is one: another text is measured again. */
  String version();

  /** What it measures and in which unit, in a few words. */
  String about();

  /** Whether a network is run, so that it comes after all that is cheap. */
  default boolean costly() {
    return false;
  }

  /** Begins with a clip. */
  Meter begin(About clip);

  /**
   * What is known of a clip beforehand.
   *
   * @param frames of it
   * @param fps frames per second
   * @param caption what somebody says that it shows; empty if nobody does
   */
  record About(int frames, double fps, String caption) {
    /** The indices of so many frames, evenly: the middles of equal parts. */
    public int[] evenly(int count) {
      int n = Math.min(count, frames);
      int[] at = new int[n];
      for (int i = 0; i < n; i++) {
        at[i] = (int) ((2L * i + 1) * frames / (2L * n));
      }
      return at;
    }
  }

  /** Measures one clip. */
  interface Meter {
    /** Whether it wants to see a frame; those it does not want are not converted for it. */
    boolean wants(int index);

    /** Sees a frame, in order. */
    void add(Shot shot);

    /** What it came to. */
    Reading end();
  }

  /**
   * A result.
   *
   * @param value what thresholds compare; empty where there is none
   * @param text what is not a number: a hash, a caption; may be empty
   */
  record Reading(Optional<Double> value, String text) {
    /** A number, rounded to 6 digits behind the point. */
    public static Reading of(double value) {
      return new Reading(
          Double.isFinite(value) ? Optional.of(Math.rint(value * 1e6) / 1e6) : Optional.empty(),
          "");
    }
  }
}
