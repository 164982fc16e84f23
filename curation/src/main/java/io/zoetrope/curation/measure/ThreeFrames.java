package io.zoetrope.curation.measure;

import io.zoetrope.curation.measure.Measure.About;
import io.zoetrope.curation.measure.Measure.Meter;
import io.zoetrope.curation.measure.Measure.Reading;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** Looks at a clip's first, middle and last frame: its value is the mean of theirs. */
final class ThreeFrames implements Meter {
  private final int[] at;
  private final ToDoubleFunction<Shot> value;
  private double sum;
  private int count;

  /**
   * Of a clip.
   *
   * @param value of a frame
   */
  ThreeFrames(About clip, ToDoubleFunction<Shot> value) {
    this(new int[] {0, clip.frames() / 2, clip.frames() - 1}, value);
  }

  private ThreeFrames(int[] at, ToDoubleFunction<Shot> value) {
    this.at = at;
    this.value = value;
  }

  /** Looks at nothing, and has no value. */
  static ThreeFrames none() {
    return new ThreeFrames(new int[0], shot -> Double.NaN);
  }

  @Override
  public boolean wants(int index) {
    return Arrays.stream(at).anyMatch(one -> one == index);
  }

  @Override
  public void add(Shot shot) {
    sum += value.applyAsDouble(shot);
    count++;
  }

  @Override
  public Reading end() {
    return count == 0 ? new Reading(Optional.empty(), "") : Reading.of(sum / count);
  }
}
