package io.zoetrope.eval;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/**
 * Where clips of a longer video join. A seam is named by its first frame of the later clip: seam s
 * lies between frames s - 1 and s.
 */
public final class Seams {
  private Seams() {}

  /**
   * A figure at seams against the same figure elsewhere.
   *
   * @param atSeams mean over places that straddle a seam; NaN if there are none
   * @param inside mean over the others
   * @param seamPlaces how many straddle one
   * @param insidePlaces how many do not
   */
  public record Contrast(double atSeams, double inside, int seamPlaces, int insidePlaces) {
    /** How much more there is at seams: 1 is none. */
    public double ratio() {
      return atSeams / inside;
    }

    /** The same over several videos: means weighted by places. */
    public static Contrast of(List<Contrast> all) {
      double atSum = 0;
      double insideSum = 0;
      int atCount = 0;
      int insideCount = 0;
      for (Contrast one : all) {
        atSum += one.seamPlaces > 0 ? one.atSeams * one.seamPlaces : 0;
        insideSum += one.insidePlaces > 0 ? one.inside * one.insidePlaces : 0;
        atCount += one.seamPlaces;
        insideCount += one.insidePlaces;
      }
      return new Contrast(atSum / atCount, insideSum / insideCount, atCount, insideCount);
    }
  }

  /**
   * The seams of a video that was made longer clip by clip.
   *
   * @param begun frames of the beginning
   * @param frames of the whole
   * @param clip frames of each clip
   * @param overlap frames that each shares with the one before, fewer than a clip's
   */
  public static List<Integer> of(int begun, int frames, int clip, int overlap) {
    if (overlap >= clip) {
      throw new IllegalArgumentException(
          "clips of %s frames that share %s never get on".formatted(clip, overlap));
    }
    List<Integer> seams = new ArrayList<>();
    for (int s = begun; s < frames; s += clip - overlap) {
      seams.add(s);
    }
    return List.copyOf(seams);
  }

  /**
   * Compares a figure of several successive frames at seams and elsewhere.
   *
   * @param places first frames 0 to places - 1 are looked at
   * @param length successive frames that the figure needs
   * @param figure from its first frame; NaN where it cannot be told
   */
  public static Contrast contrast(
      int places, int length, List<Integer> seams, IntToDoubleFunction figure) {
    double at = 0;
    double inside = 0;
    int atCount = 0;
    int insideCount = 0;
    for (int k = 0; k < places; k++) {
      double value = figure.applyAsDouble(k);
      int first = k;
      if (Double.isNaN(value)) {
        continue;
      }
      if (seams.stream().anyMatch(s -> first < s && s < first + length)) {
        at += value;
        atCount++;
      } else {
        inside += value;
        insideCount++;
      }
    }
    return new Contrast(at / atCount, inside / insideCount, atCount, insideCount);
  }
}
