package io.zoetrope.network;

import io.zoetrope.diffusion.condition.Slot;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Attention over frames in overlapping windows, for clips longer than a motion module knows (Qiu et
 * al. 2023, "FreeNoise", section 4.3): each window is attended to as a clip of its own, and what
 * overlaps is averaged by weights. Everything else of the network sees all frames.
 *
 * @param length frames of a window
 * @param stride by how many frames windows follow each other, 1 to {@code length}
 * @param weighting of frames within a window
 */
public record FrameWindows(int length, int stride, Weighting weighting) {
  /** Tells a network's motion modules of them. */
  public static final Slot<FrameWindows> SLOT = Slot.setting("frame_windows", FrameWindows.class);

  /** How much a frame's place in its window counts. */
  public enum Weighting {
    /** All alike. */
    FLAT,

    /** 1, 2, 3, 2, 1: the middle most. */
    PYRAMID,

    /** 0.01, 0.01, 3, 2, 1: later frames lean on those before them. */
    DELAYED_REVERSE_SAWTOOTH
  }

  /**
   * One window.
   *
   * @param first its first frame
   * @param weights of its frames; 0 where a frame is seen and not counted
   */
  @SuppressWarnings("ArrayRecordComponent") // never written to
  public record Window(int first, float[] weights) {}

  public FrameWindows {
    if (length < 1 || stride < 1 || stride > length) {
      throw new UserError(
          Fault.INVALID,
          "windows of %s frames follow each other by 1 to %s frames, not by %s"
              .formatted(length, length, stride));
    }
  }

  /** The windows over a clip; one that holds all of it if it is short enough. */
  public List<Window> over(int frames) {
    List<Window> windows = new ArrayList<>();
    if (frames <= length) {
      float[] ones = new float[frames];
      Arrays.fill(ones, 1);
      return List.of(new Window(0, ones));
    }
    int end = 0;
    for (int first = 0; first + length <= frames; first += stride) {
      windows.add(new Window(first, weights()));
      end = first + length;
    }
    if (end < frames) {
      // The last one is moved back to fit; of it only what no other holds counts.
      float[] rest = weights();
      Arrays.fill(rest, 0, length - (frames - end), 0);
      windows.add(new Window(frames - length, rest));
    }
    return windows;
  }

  /** The weights of a window's frames. */
  float[] weights() {
    float[] weights = new float[length];
    int middle = (length + 1) / 2;
    for (int i = 0; i < length; i++) {
      weights[i] =
          switch (weighting) {
            case FLAT -> 1;
            case PYRAMID -> Math.min(i + 1, length - i);
            case DELAYED_REVERSE_SAWTOOTH -> i < middle - 1 ? 0.01f : Math.min(middle, length - i);
          };
    }
    return weights;
  }
}
