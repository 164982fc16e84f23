package io.zoetrope.media;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.OptionalDouble;

/**
 * Which frames to take from a video.
 *
 * @param fps the rate to resample to: output frame k is the source frame nearest to {@code start +
 *     k / fps} seconds; empty for every frame of the source, once each. For a folder of pictures,
 *     the rate at which to play them.
 * @param start seconds from the first frame, at least 0
 * @param maxFrames stop after so many frames, at least 1
 * @param damaged what to do with a file that breaks off
 * @param plane what frames show
 */
public record ReadOptions(
    OptionalDouble fps, double start, int maxFrames, Damaged damaged, Plane plane) {

  /** What to do with a file that breaks off or has undecodable frames. */
  public enum Damaged {
    /** Fail with a line that says how much could be read. */
    REFUSE,
    /** Take the frames that decode; fail only if there are none. */
    KEEP_WHAT_READS
  }

  /** What is taken of the pixels of a file. */
  public enum Plane {
    /** Their colours, transparent parts on white. */
    COLOURS,
    /** How opaque they are: white where wholly, black where not at all. White without alpha. */
    OPACITY
  }

  /** Every frame. */
  public static final ReadOptions ALL =
      new ReadOptions(OptionalDouble.empty(), 0, Integer.MAX_VALUE, Damaged.REFUSE, Plane.COLOURS);

  public ReadOptions {
    if (fps.isPresent() && (!(fps.getAsDouble() > 0) || fps.getAsDouble() > 1000)) {
      throw new UserError(
          Fault.INVALID,
          "frames per second must be above 0 and at most 1000, not " + fps.getAsDouble());
    }
    if (!(start >= 0) || Double.isInfinite(start)) {
      throw new UserError(
          Fault.INVALID, "the start of a clip must be at least 0 seconds, not " + start);
    }
    if (maxFrames < 1) {
      throw new UserError(Fault.INVALID, "take at least 1 frame, not " + maxFrames);
    }
  }

  public ReadOptions fps(double value) {
    return new ReadOptions(OptionalDouble.of(value), start, maxFrames, damaged, plane);
  }

  public ReadOptions start(double seconds) {
    return new ReadOptions(fps, seconds, maxFrames, damaged, plane);
  }

  public ReadOptions maxFrames(int value) {
    return new ReadOptions(fps, start, value, damaged, plane);
  }

  public ReadOptions damaged(Damaged value) {
    return new ReadOptions(fps, start, maxFrames, value, plane);
  }

  public ReadOptions plane(Plane value) {
    return new ReadOptions(fps, start, maxFrames, damaged, value);
  }
}
