package io.zoetrope.diffusion.condition;

import io.zoetrope.torch.ComputeDevice;
import java.util.List;

/**
 * How an entry lies beside a video, and so what becomes of it where the video is cut, repeated or
 * joined with others.
 *
 * @param <T> its value
 */
public sealed interface Axis<T> permits Along, Setting {
  /**
   * What belongs to some frames of the video.
   *
   * @throws io.zoetrope.error.UserError if it is given for fewer frames
   */
  T frames(Slot<T> slot, T value, long first, long count);

  /**
   * What belongs to frames by their numbers, which need not be neighbours.
   *
   * @throws io.zoetrope.error.UserError if it is given for fewer frames
   */
  T frames(Slot<T> slot, T value, long[] which);

  /**
   * The same for so many clips; a value for one clip is for all of them.
   *
   * @throws IllegalArgumentException if it is for another number of clips
   */
  T expand(Slot<T> slot, T value, long batch);

  /**
   * One batch after another.
   *
   * @throws IllegalArgumentException if they do not join
   */
  T join(Slot<T> slot, List<T> branches);

  /** A value made to lie as another does, so that the two join. */
  default T as(T value, T other) {
    return value;
  }

  /** The same on a device, if the network there computes with it. */
  default T on(ComputeDevice device, T value) {
    return value;
  }

  /**
   * Nothing in the shape of a value.
   *
   * @throws IllegalArgumentException if there is no such thing
   */
  T zero(Slot<T> slot, T value);
}
