package io.zoetrope.train.footage;

import java.util.List;

/**
 * Which frames of a clip are learned from.
 *
 * @param clip its number in the data
 * @param frames their numbers in the clip, rising
 */
public record ClipCut(int clip, List<Integer> frames) {
  public ClipCut {
    frames = List.copyOf(frames);
  }
}
