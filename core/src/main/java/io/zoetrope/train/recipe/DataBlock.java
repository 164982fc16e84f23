package io.zoetrope.train.recipe;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.record.Default;
import java.nio.file.Path;

/** What is learned from. */
public sealed interface DataBlock {
  /** Frames of a clip; 1 for still images. */
  int frames();

  /** Pixels across. */
  int width();

  /** Pixels down. */
  int height();

  /** Frames per second. */
  double fps();

  /**
   * The procedural world.
   *
   * @param seed of the data set
   * @param width of a frame, in pixels
   * @param height of a frame, in pixels
   * @param fps frames per second
   */
  record Toybox(
      @Default("0") long seed,
      @Default("128") int width,
      @Default("128") int height,
      @Default("16") int frames,
      @Default("8") double fps)
      implements DataBlock {
    public Toybox {
      check(width, height, frames, fps);
    }
  }

  /**
   * A folder of videos or images with captions.
   *
   * @param path the folder
   * @param width frames are scaled and cropped to, in pixels
   * @param height frames are scaled and cropped to, in pixels
   * @param fps clips are resampled to
   */
  record Folder(
      Path path,
      @Default("128") int width,
      @Default("128") int height,
      @Default("16") int frames,
      @Default("8") double fps)
      implements DataBlock {
    public Folder {
      check(width, height, frames, fps);
    }
  }

  private static void check(int width, int height, int frames, double fps) {
    atLeast("width", 8, width);
    atLeast("height", 8, height);
    atLeast("frames", 1, frames);
    if (!(fps > 0 && fps <= 1000)) {
      throw new UserError(Fault.INVALID, "fps must be above 0 and at most 1000, is " + fps);
    }
  }

  private static void atLeast(String name, int least, int value) {
    if (value < least || value > 65_536) {
      throw new UserError(
          Fault.INVALID, "%s must be %s to 65536, is %s".formatted(name, least, value));
    }
  }
}
